"""commandline: the options that gain and accuracy share, and how they end."""
import concurrent.futures
import os
import sys

import recording
import steps

DEFAULTS = {"programs": "sqlite,xml,re2", "kinds": "line,probe", "samples": "23000,650000",
            "rules": "flow", "measures": "clock", "recordings": "3", "layouts": "4", "rounds": "16",
            "collectors": "perf", "jobs": str(os.cpu_count()), "tools": ""}
NUMBERS = ("recordings", "layouts", "rounds", "jobs")


class Usage(Exception):
    pass


def _parse(words, defaults):
    values = dict(defaults)
    for word in words:
        name, equals, value = word.partition("=")
        if not name.startswith("--") or name[2:] not in defaults or not equals:
            raise Usage(f"{word}: unknown option")
        values[name[2:]] = value
    return values


def _check(values):
    """The options as what they mean."""
    options = {name: value.split(",") for name, value in values.items()}
    for name in NUMBERS:
        if not values[name].isdigit() or values[name] == "0":
            raise Usage(f"--{name}={values[name]}: expected a number from 1")
        options[name] = int(values[name])
    if not all(size.isdigit() and int(size) >= 1000 for size in options["samples"]):
        raise Usage(f"--samples={values['samples']}: expected numbers from 1000")
    options["samples"] = [int(size) for size in options["samples"]]
    if not set(options["kinds"]) <= {"line", "probe"}:
        raise Usage(f"--kinds={values['kinds']}: expected line, probe or both")
    if not set(options["rules"]) <= set(recording.RULES):
        raise Usage(f"--rules={values['rules']}: expected some of {', '.join(recording.RULES)}")
    if not set(options["measures"]) <= {"clock", "estimate"}:
        raise Usage(f"--measures={values['measures']}: expected clock, estimate or both")
    if not set(options["collectors"]) <= {"perf", "library"}:
        raise Usage(f"--collectors={values['collectors']}: expected perf, library or both")
    options["tools"] = os.path.abspath(values["tools"]) if values["tools"] else ""
    return options


def main(tool, doc, work, **defaults):
    """Reads the command line, calls work(options), says what went wrong in one place."""
    if sys.argv[1:] == ["--help"]:
        print(doc)
        return
    try:
        work(_check(_parse(sys.argv[1:], {**DEFAULTS, **defaults})))
    except Usage as usage:
        print(f"{tool}: {usage}\nhint: {tool} --help", file=sys.stderr)
        sys.exit(2)
    except steps.Failure as failure:
        sys.exit(f"{tool}: {failure}")


def do_all(jobs, calls):
    """What the calls return, in their order; `jobs` of them run at a time."""
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(call) for call in calls]
        try:
            return [future.result() for future in futures]
        except steps.Failure:
            pool.shutdown(cancel_futures=True)
            raise
