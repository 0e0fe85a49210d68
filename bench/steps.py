"""steps: work that is done once: a file is made anew only when what it is made of has changed.

Each file has its key beside it (FILE.key): a hash of everything that went into it. The key is
written last, so what was broken off is made again. Nothing here knows of profiles.
"""
import hashlib
import os
import subprocess
import sys
import threading

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_locks, _locks_guard = {}, threading.Lock()


class Failure(Exception):
    """What the user is told: a message, and what to do."""

    def __init__(self, message, hint):
        super().__init__(f"{message}\nhint: {hint}")


def run(argv, **options):
    """Runs a command in the project's root; its output is in the result. A Failure if it fails."""
    result = subprocess.run(argv, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, errors="replace", **options)
    if result.returncode != 0:
        words = result.stderr[-2000:].strip()
        raise Failure(f"{' '.join(argv)}: exit {result.returncode}\n{words}",
                      "try the command alone, in the project's root")
    return result


def key_of(parts, files):
    """A hash of words and of what files hold."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(str(part).encode() + b"\0")
    for path in files:
        with open(path, "rb") as file:
            digest.update(hashlib.sha256(file.read()).digest())
    return digest.hexdigest()


def read_text(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write_text(path, text):
    scratch = f"{path}.{threading.get_ident()}.tmp"  # two jobs may learn the same at a time
    with open(scratch, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(scratch, path)


def make(path, parts, files, action):
    """Returns path. action() makes it, unless it was made of the same before."""
    with _locks_guard:
        lock = _locks.setdefault(path, threading.Lock())
    with lock:
        key, key_path = key_of(parts, files), path + ".key"
        if os.path.exists(path) and os.path.exists(key_path) and read_text(key_path) == key:
            return path
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if os.path.exists(key_path):
            os.unlink(key_path)
        print(f"  {os.path.relpath(path, ROOT)}", file=sys.stderr, flush=True)
        action()
        write_text(key_path, key)
        return path
