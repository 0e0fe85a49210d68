"""recording: profiles of a program's training run: timer samples, exact counts, instrumentation."""
import glob
import math
import os
import re
import shutil
import typing

import steps

SLOW_HZ, FAST_HZ = 4000, 20000  # a small profile takes some seconds; 20 kHz loses nothing (docs)
LIBRARY_HZ = 250  # the kernel's tick: faster only gives weights
FEW_SECONDS = 5
TOLERANCE = 0.15  # how far a number of samples may be from what was asked for
RULES = ("flow", "block", "max", "sum")


class Wanted(typing.NamedTuple):
    """A recording to be made: by perf events, or by libpgocollect in the program."""
    collector: str
    samples: int

    @property
    def name(self):
        return f"{'library-' if self.collector == 'library' else ''}{self.samples}"

    def __str__(self):
        where = ", libpgocollect" if self.collector == "library" else ""
        return f"{self.samples:,} samples{where}"


def wanted(options):
    """All sizes by all collectors that the command line asks for."""
    return [Wanted(collector, samples) for collector in options["collectors"]
            for samples in options["samples"]]


class Tools:
    """The collector and the converter that are measured; built from this tree unless named."""

    def __init__(self, folder):
        if not folder:
            steps.run(["cmake", "--preset", "release"])
            steps.run(["cmake", "--build", "--preset", "release", "--target", "pgo-collect",
                       "pgo-convert"])
        self.folder = folder or os.path.join(steps.ROOT, "build", "release", "bin")

    def path(self, name):
        return os.path.join(self.folder, name)

    def library(self):
        return os.path.join(os.path.dirname(self.folder), "lib", "libpgocollect.so")


def _record_once(tools, program, kind, repeats, hz, path):
    """The number of samples of the training run, done `repeats` times over."""
    again = 'n=$1; shift; while [ "$n" -gt 0 ]; do "$@" >/dev/null || exit; n=$((n - 1)); done'
    log = steps.run([tools.path("pgo-collect"), "record", "--call-graph=fp", "-F", str(hz), "-f", "-o", path, "--",
                     "sh", "-c", again, "sh", str(repeats), program.executable(f"recorded-{kind}"),
                     *program.about["train"]]).stderr
    return int(re.search(r"(\d+) samples", log).group(1))


def _seconds(tools, program, kind):
    """CPU time of one training run."""
    path = program.path("recordings", f"{kind}.seconds")

    def action():
        samples = _record_once(tools, program, kind, 4, SLOW_HZ, path + ".pprof")
        steps.write_text(path, str(samples / SLOW_HZ / 4))
    steps.make(path, program.about["train"], [program.executable(f"recorded-{kind}")], action)
    return float(steps.read_text(path))


def _record_inside(tools, program, kind, size, path):
    """By the library: a profile of each run at its end, merged."""
    folder = path + ".d"
    shutil.rmtree(folder, ignore_errors=True)
    environment = {**os.environ, "LD_PRELOAD": tools.library(), "PGO_COLLECT_DIR": folder,
                   "PGO_COLLECT_HZ": str(LIBRARY_HZ), "PGO_COLLECT_INTERVAL": "1h"}
    for _ in range(math.ceil(size / LIBRARY_HZ / _seconds(tools, program, kind))):
        steps.run([program.executable(f"recorded-{kind}"), *program.about["train"]],
                  env=environment)
    log = steps.run([tools.path("pgo-collect"), "merge", "-f", "-o", path,
                     *sorted(glob.glob(os.path.join(folder, "*.pprof.gz")))]).stderr
    steps.write_text(path + ".samples", re.search(r"(\d+) samples", log).group(1))
    shutil.rmtree(folder)


def _record(tools, program, kind, size, path):
    """Sampling takes CPU time itself: what it adds is learnt, and kept for the next recording."""
    seconds = _seconds(tools, program, kind)
    repeats = math.ceil(max(FEW_SECONDS, size / FAST_HZ) / seconds)
    learnt = program.path("recordings", f"{kind}-{size}.hz")
    hz = float(steps.read_text(learnt)) if os.path.exists(learnt) else size / (repeats * seconds)
    for _ in range(3):
        samples = _record_once(tools, program, kind, repeats, round(hz), path)
        hz *= size / samples
        steps.write_text(learnt, str(hz))
        if abs(samples / size - 1) <= TOLERANCE:
            break
    steps.write_text(path + ".samples", str(samples))


def record(tools, program, kind, wish, number):
    """(pprof, number of samples) of one recording of about as many samples as wished for."""
    path = program.path("recordings", f"{kind}-{wish.name}-{number}.pprof")
    way = _record_inside if wish.collector == "library" else _record
    steps.make(path, [program.about["train"], wish.samples, FEW_SECONDS, FAST_HZ],
               [program.executable(f"recorded-{kind}")],
               lambda: way(tools, program, kind, wish.samples, path))
    return path, int(steps.read_text(path + ".samples"))


def count(program, kind):
    """How often each instruction and each call ran in one training run."""
    path = program.path("recordings", f"{kind}.branches")
    tool = os.path.join(steps.ROOT, "bench", "exact-counts")
    binary = program.executable(f"recorded-{kind}")
    return steps.make(path, program.about["train"], [tool, binary],
                      lambda: steps.run([tool, "--branches", path, binary,
                                         *program.about["train"]]))


def _convert(tools, program, kind, name, options, source):
    path = program.path("profiles", f"{name}.prof")
    converter = tools.path("pgo-convert")
    binary = program.executable(f"recorded-{kind}")
    steps.make(path, options, [converter, binary, source],
               lambda: steps.run([converter, *options, "--binary", binary, "-o", path, source]))
    if ("!CFGChecksum" in steps.read_text(path)) != (kind == "probe"):
        raise steps.Failure(f"{path}: a profile of the wrong kind, expected one by {kind}",
                            "pgo-convert chooses by what the binary has")
    return path


def convert(tools, program, kind, rule, wish, number):
    """The sample profile that pgo-convert makes of one recording."""
    return _convert(tools, program, kind, f"{kind}-{rule}-{wish.name}-{number}",
                    [f"--count={rule}"], record(tools, program, kind, wish, number)[0])


def convert_exact(tools, program, kind):
    """The same of exact counts and calls."""
    return _convert(tools, program, kind, f"{kind}-exact", [], count(program, kind))


def instrument(program):
    """The profile of an instrumented build's training run."""
    label = program.build("generate", ["-fprofile-generate"], link_flags=["-fprofile-generate"])
    path = program.path("profiles", "instrumented.profdata")
    binary = program.executable(label)

    def action():
        raw = path + ".raw"
        steps.run([binary, *program.about["train"]],
                  env={**os.environ, "LLVM_PROFILE_FILE": raw})
        steps.run(["llvm-profdata-22", "merge", "-o", path, raw])
        os.unlink(raw)
    return steps.make(path, program.about["train"], [binary], action)
