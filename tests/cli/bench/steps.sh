# bench/steps.py: a file is made anew when its key changes, and only then.
command -v python3 >/dev/null || { echo 'skipped: python3 is missing' >&2; exit 77; }
cat >steps_test.py <<'END'
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["SOURCE"], "bench"))
sys.stderr = open(os.devnull, "w")  # progress; its paths are relative to the project
import steps

calls = []


def make(parts, fail=False):
    def action():
        calls.append(parts)
        steps.write_text("made/out", "text")
        if fail:
            raise steps.Failure("it broke", "mend it")
    try:
        steps.make("made/out", parts, ["in"], action)
    except steps.Failure as failure:
        print(failure)
    return len(calls)


steps.write_text("in", "1")
print("first", make(["a"]))
print("the same again", make(["a"]))
print("another word", make(["b"]))
steps.write_text("in", "2")
print("another content", make(["b"]))
print("another boundary", make(["b", ""]))
os.unlink("made/out")
print("gone", make(["b", ""]))
print("broken off", make(["c"], fail=True))
print("and once more", make(["c"]))
print("kept", make(["c"]))
END
python3 steps_test.py
