"""program: a real program that is measured: its sources, its builds, how fast they are.

bench/programs/NAME/program.json describes it; paths are relative to the project's root:

    about     what it is, in a line
    fetch     the command that gets the source
    parts     [{compiler, flags, files}]: what is compiled how; files may be patterns
    link      the compiler that links, and the libraries
    train     arguments of one training run: about half a second
    judge     arguments of the run whose cycles are estimated: other input, 4 * 10^8 instructions
    clock     arguments of the run that is timed: the same, but about half a second

{source} is the folder that fetch fills. Everything is kept in build/bench/NAME.
"""
import glob
import json
import os
import shutil
import statistics
import subprocess

import steps

# What pgo-build adds to every build; one section a function, so that layouts can differ.
READY = ["-O2", "-g1", "-fdebug-info-for-profiling", "-ffunction-sections", "-Wno-backend-plugin"]
KINDS = {"line": [], "probe": ["-fpseudo-probe-for-profiling"]}
FRAMES = ["-fno-omit-frame-pointer"]  # for stacks, in the build that is recorded
# What pgo-build adds to a compile with a profile.
USE = {"line": ["-mllvm", "-enable-ext-tsp-block-placement"], "probe": []}
PLAIN = ["-mllvm", "-enable-npm-pgo-inline-deferral=false"]  # without a profile: plain -O2
LINK = ["-fuse-ld=lld", "-Wl,--build-id", "-Wl,-z,keep-text-section-prefix"]


class Program:
    def __init__(self, name, layouts):
        self.name = name
        self.layouts = layouts
        self.home = os.path.join("bench", "programs", name)
        self.work = os.path.join("build", "bench", name)
        self.source = os.path.join(self.work, "source")
        path = os.path.join(steps.ROOT, self.home, "program.json")
        if not os.path.exists(path):
            raise steps.Failure(f"{name}: no such program", "see bench/programs")
        self.about = json.loads(steps.read_text(path))

    def path(self, *names):
        return os.path.join(steps.ROOT, self.work, *names)

    def fetch(self):
        fetch = self._expand(self.about["fetch"])
        done = self.path("fetched")

        def action():
            shutil.rmtree(self.path("source"), ignore_errors=True)
            steps.run(fetch)
            steps.write_text(done, "")
        steps.make(done, fetch, [os.path.join(steps.ROOT, fetch[0])], action)

    def _expand(self, words):
        return [word.replace("{source}", self.source) for word in words]

    def _units(self):
        """(compiler, flags, file) of each compile."""
        for part in self.about["parts"]:
            for pattern in self._expand(part["files"]):
                files = sorted(glob.glob(pattern, root_dir=steps.ROOT))
                if not files:
                    raise steps.Failure(f"{self.name}: {pattern}: no such file",
                                        f"correct {self.home}/program.json")
                for file in files:
                    yield part["compiler"], self._expand(part["flags"]), file

    def _inputs(self):
        """What a build is made of, but for the profile: words, and the files that are ours."""
        units = list(self._units())
        folders = {os.path.dirname(file) for _, _, file in units}
        ours = [path for folder in sorted(folders) if not folder.startswith(self.source)
                for path in sorted(glob.glob(os.path.join(steps.ROOT, folder, "*.[ch]*")))]
        fetched = steps.key_of(self.about["fetch"], [])
        compilers = sorted({compiler for compiler, _, _ in units})
        versions = [steps.run([compiler, "--version"]).stdout for compiler in compilers]
        return [fetched, READY, LINK, self.about["link"], units, versions], ours

    def executable(self, label, layout=0):
        return self.path("builds", label, f"{self.name}.{layout}")

    def _link(self, label, flags, layout):
        shuffle = [f"-Wl,--shuffle-sections=.text*={layout}"] if layout else []
        objects = sorted(glob.glob(self.path("builds", label, "objects", "*.o")))
        link = self.about["link"]
        steps.run([link[0], *flags, *objects, *LINK, *shuffle, *link[1:], "-o",
                   self.executable(label, layout)])

    def _compile(self, label, flags):
        objects = self.path("builds", label, "objects")
        os.makedirs(objects)
        for number, (compiler, own, file) in enumerate(self._units()):
            steps.run([compiler, *READY, *flags, *own, "-c", file, "-o",
                       os.path.join(objects, f"{number:03}.o")])

    def build(self, label, flags, profile=None, link_flags=()):
        """Compiles once and links each layout; a profile stands in the flags by its path."""
        parts, ours = self._inputs()
        last = self.executable(label, self.layouts - 1)

        def action():
            shutil.rmtree(self.path("builds", label))
            self._compile(label, flags)
            for layout in range(self.layouts):
                self._link(label, list(link_flags), layout)
            shutil.rmtree(self.path("builds", label, "objects"))
        steps.make(last, parts + [flags, self.layouts], ours + ([profile] if profile else []),
                   action)
        return label

    def build_plain(self):
        return self.build("plain", PLAIN)

    def build_recorded(self, kind):
        """The build that profiles are made of."""
        return self.build(f"recorded-{kind}", KINDS[kind] + FRAMES + PLAIN)

    def build_with(self, label, kind, profile):
        flags = KINDS[kind] + USE[kind] + [f"-fprofile-sample-use={profile}"]
        return self.build(label, flags, profile)

    def cycles(self, label):
        """Estimated cycles of the judged run, the mean over the layouts."""
        return sum(self._estimate(label, layout) for layout in range(self.layouts)) / self.layouts

    def _estimate(self, label, layout):
        program = self.executable(label, layout)
        estimate = os.path.join(steps.ROOT, "bench", "estimate")
        result, judge = f"{program}.estimate", self.about["judge"]

        def action():
            table = steps.run([estimate, " ".join([program] + judge)]).stdout
            steps.write_text(result, table.splitlines()[1])
        steps.make(result, judge, [program, estimate], action)
        return float(steps.read_text(result).split()[4])

    def seconds(self, labels, rounds):
        """CPU time of each build: the median of runs in turn, each round in the next layout.

        What else the machine does slows all builds alike, if they take turns. Nothing of ours may
        run beside it.
        """
        path = self.path("clock.json")
        clock = self.about["clock"]
        programs = [self.executable(label, round_ % self.layouts)
                    for round_ in range(rounds) for label in labels]

        def action():
            times = [_cpu_seconds([program] + clock) for program in programs]
            medians = [statistics.median(times[i::len(labels)]) for i in range(len(labels))]
            steps.write_text(path, json.dumps(medians))
        steps.make(path, [rounds, labels, clock], programs[:len(labels) * self.layouts], action)
        return json.loads(steps.read_text(path))


def _cpu_seconds(argv):
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as child:
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise steps.Failure(f"{' '.join(argv)}: exit {child.returncode}", "try the command alone")
    return usage.ru_utime + usage.ru_stime
