#!/bin/sh
# pgo-collect record where the kernel refuses perf_event_open: a command is sampled by
# libpgocollect, with its children; what cannot be sampled so is said; -p and -a fail.
#
# usage: record-fallback.sh BIN_DIR SOURCE_DIR
set -eu
bin=$(cd "$1" && pwd)
PATH=$bin:$bin/../tests/tools:$PATH
export LC_ALL=C

skip() { echo "skipped: $*"; exit 77; }
fail() { echo "FAILED: $*"; cat err 2>/dev/null || true; exit 1; }
for tool in cc go; do
    command -v $tool >/dev/null || skip "no $tool"
done
deny_call perf_event_open true || skip "no seccomp"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
mkdir temporary
export HOME="$scratch" TMPDIR="$scratch/temporary" # go tool pprof keeps things in HOME

cat >busy.c <<'END_C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile unsigned sink;

__attribute__((noinline)) void hot(long rounds)
{
    unsigned x = 1;

    for (long i = 0; i < rounds; i++)
        x = (x * 1664525u + 1013904223u) ^ (x >> 7);
    sink = x;
}

__attribute__((noinline)) void in_parent(void)
{
    hot(200000000);
    sink++;
}

__attribute__((noinline)) void in_child(void)
{
    hot(100000000);
    sink++;
}

int main(int argc, char **argv)
{
    printf("HZ is %s\n", getenv("PGO_COLLECT_HZ") ? getenv("PGO_COLLECT_HZ") : "not set");
    fflush(stdout);
    if (fork() == 0) {
        in_child();
        return 0;
    }
    do
        in_parent();
    while (argc > 1 && strcmp(argv[1], "forever") == 0);
    wait(NULL);
    return argc > 1 ? 3 : 0;
}
END_C
cc -g -O1 -fno-omit-frame-pointer -fno-optimize-sibling-calls busy.c -o busy

# record OPTION...: without perf events
record() { deny_call perf_event_open pgo-collect record -f "$@"; }

record -F 500 -o profile.pgo -- ./busy >out 2>err || fail "record"
sed -n 1p err | grep -q 'perf_event_open: .*; sampling with libpgocollect instead (kernel.perf_ev' ||
    fail "the fallback is not said"
grep -q 'HZ is 500' out || fail "-F is not honoured: $(cat out)"
grep -q 'samples (libpgocollect, 500 Hz) of 2 processes' err || fail "the report"
go tool pprof -raw profile.pgo >raw 2>/dev/null || fail "pprof"
grep -q 'Comment: sampler: libpgocollect, CPU timer per thread, 500 Hz' raw || fail "the comment"
grep -q 'busy [0-9a-f]* \[FN\]\[FL\]\[LN\]\[IN\]' raw || fail "not symbolized"
go tool pprof -traces profile.pgo 2>/dev/null >traces
for caller in hot main; do grep -q " $caller\$" traces || fail "no $caller in the stacks"; done
go tool pprof -top profile.pgo 2>/dev/null | awk '$6 == "hot" && $2 + 0 > 80 { found = 1 }
    END { exit !found }' || fail "hot has not 80% of the samples"
pgo-convert profile.pgo >default.pgo 2>err || fail "pgo-convert"
grep -q '^hot:' default.pgo || fail "no hot in default.pgo"

# A rate that the library has not; no callers; the command's own exit code.
code=0
record -F 2000 --call-graph=none -o leaves.pgo -- ./busy fails >out 2>err || code=$?
[ $code = 3 ] || fail "exit code $code, expected the command's 3"
grep -q 'warning: -F 2000: libpgocollect samples at 1000 Hz at most' err || fail "-F 2000"
go tool pprof -traces leaves.pgo 2>/dev/null >traces
if grep -q ' main$' traces; then fail "--call-graph=none has callers"; fi

# Ended by -d: SIGTERM ends the program, and what was written until then is there.
record -d 3 -o stopped.pgo -- ./busy forever >out 2>err || fail "-d"
go tool pprof -top stopped.pgo 2>/dev/null | grep -q ' hot$' || fail "-d: no samples of hot"

# Through a shell, which execs.
record -o shell.pgo -- sh -c 'exec ./busy' >out 2>err || fail "by way of a shell"
go tool pprof -top shell.pgo 2>/dev/null | grep -q ' hot$' || fail "shell: no samples of hot"

# Not to be sampled: said before and after, nothing is written.
if cc -static -O1 busy.c -o busy-static 2>/dev/null; then
    code=0
    record -o static.pgo -- ./busy-static >out 2>err || code=$?
    [ $code = 1 ] || fail "static: exit code $code"
    [ ! -e static.pgo ] || fail "static: something was written"
    grep -q 'warning: busy-static is statically linked' err || fail "static: not said"
    grep -q 'no samples, nothing written' err || fail "static: the error"
fi

# These cannot fall back.
for target in "-p $$" -a; do
    code=0
    # shellcheck disable=SC2086 # two words
    record -o none.pgo $target >out 2>err || code=$?
    [ $code = 1 ] || fail "$target: exit code $code"
    [ ! -e none.pgo ] || fail "$target: something was written"
    grep -q 'perf_event_open: Operation not permitted' err || fail "$target: the error"
    grep -q '^hint: kernel.perf_event_paranoid' err || fail "$target: the hint"
done

# A command that is not there, as ever.
code=0
record -o none.pgo -- ./missing >out 2>err || code=$?
[ $code = 127 ] || fail "missing command: exit code $code"

[ -z "$(ls temporary)" ] || fail "left behind: $(ls temporary)"
echo "all good"
