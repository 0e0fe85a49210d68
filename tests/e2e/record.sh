#!/bin/sh
# pgo-collect record on a program with threads, a child and a known hot function; go tool pprof and
# readelf have the second opinion.
#
# usage: record.sh BIN_DIR SOURCE_DIR
set -eu
PATH=$(cd "$1" && pwd):$PATH
export LC_ALL=C

skip() { echo "skipped: $*"; exit 77; }
fail() { echo "FAILED: $*"; exit 1; }
for tool in cc clang-22 go readelf; do
    command -v $tool >/dev/null || skip "no $tool"
done

scratch=$(mktemp -d)
target=
# shellcheck disable=SC2317 # called by the trap
clean_up() {
    if [ -n "$target" ]; then kill "$target" 2>/dev/null || true; fi
    rm -rf "$scratch"
}
trap clean_up EXIT
cd "$scratch"
export HOME="$scratch" # go tool pprof keeps things in it

cat >busy.c <<'END'
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned sum;

static inline unsigned mix(unsigned x)
{
    return (x * 1664525u + 1013904223u) ^ (x >> 7);
}

/* Each is the place where one kind of task spends its time. */
#define HOT(name, rounds)                                                                          \
    __attribute__((noinline)) void name(void)                                                      \
    {                                                                                              \
        unsigned x = sum;                                                                          \
        for (long i = 0; i < (rounds); i++)                                                        \
            x = mix(x);                                                                            \
        sum = x;                                                                                   \
    }
HOT(hot_in_main, 150000000)
HOT(hot_in_thread, 20000000)
HOT(hot_in_child, 20000000)

static void *thread(void *unused)
{
    hot_in_thread();
    return unused;
}

__attribute__((noinline)) void run(void)
{
    pthread_t id;
    pid_t child;

    pthread_create(&id, NULL, thread, NULL);
    child = fork();
    if (child == 0) {
        hot_in_child();
        _exit(0);
    }
    hot_in_main();
    pthread_join(id, NULL);
    waitpid(child, NULL, 0);
}

int main(int argc, char **argv)
{
    (void)argv;
    do
        run();
    while (argc > 1);
    return 0;
}
END
cc -g -O1 -fno-omit-frame-pointer -Wl,--build-id -pthread busy.c -o busy
id=$(readelf -n busy | sed -n 's/.*Build ID: //p')
pgo-collect record -F 1 -o /dev/null -- true 2>probe || true
grep -q 'no samples' probe || skip "perf_event_open is not allowed here: $(head -n 1 probe)"

# check PROFILE: what every recording of ./busy must show.
check() {
    go tool pprof -raw "$1" >raw 2>warnings || { cat warnings; fail "$1: pprof -raw"; }
    go tool pprof -top "$1" >top 2>>warnings || fail "$1: pprof -top"
    if [ -s warnings ]; then cat warnings; fail "$1: pprof warns"; fi
    grep -q "busy $id \[FN\]\[FL\]\[LN\]\[IN\]" raw || fail "$1: no mapping of busy with $id"
    for name in hot_in_main hot_in_thread hot_in_child mix; do
        grep -q " $name .*busy.c" raw || fail "$1: no sample of $name"
    done
    # The first line after the header: the function with the most samples of its own.
    sed -n '/flat%/{n;p;}' top | grep -q 'mix (inline)\|hot_in_main' || fail "$1: the hot function"
    grep -q 'Comment: samples: [1-9][0-9]*, lost: [0-9]' raw || fail "$1: the comments"
    if grep -q -e --secret raw; then fail "$1: shows the command line"; fi
}

pgo-collect record -o command.pgo -- ./busy 2>err || { cat err; fail "record"; }
grep -q ' 2 processes, 3 threads' err || { cat err; fail "processes and threads"; }
check command.pgo

# With call chains the callers are known. A leaf function without a frame hides the one that called
# it (gcc sets none up for hot_in_main), but not those above.
pgo-collect record --call-graph=fp -o chains.pgo -- ./busy 2>err || { cat err; fail "chains"; }
check chains.pgo
go tool pprof -traces chains.pgo 2>/dev/null | awk '
    /-----/ { in_main = 0 } /hot_in_main/ { in_main = 1 } in_main && / main$/ { found = 1 }
    END { exit !found }' || fail "main does not lead to hot_in_main"

# A process that runs already: its threads and the children it has later; -d ends it. On a busy
# machine they may need their time.
./busy forever --secret &
target=$!
for seconds in 2 5 15 45; do
    pgo-collect record -f -p "$target" -d $seconds -o process.pgo 2>err || { cat err; fail "-p"; }
    go tool pprof -raw process.pgo >raw 2>/dev/null || fail "process.pgo: pprof -raw"
    if grep -q hot_in_child raw && grep -q hot_in_thread raw; then break; fi
done
kill "$target"
wait "$target" 2>/dev/null || true
target=
check process.pgo

# With pseudo-probes, the discriminators of calls have 32 bits.
clang-22 -O2 -g1 -fdebug-info-for-profiling -fpseudo-probe-for-profiling -Wl,--build-id -pthread \
    busy.c -o busy
id=$(readelf -n busy | sed -n 's/.*Build ID: //p')
pgo-collect record -o probes.pgo -- ./busy 2>err || { cat err; fail "probes"; }
grep -q ' \(9[0-9]\.[0-9]\|100\.0\)% with a source line' err || { cat err; fail "lines and probes"; }
check probes.pgo

# SIGTERM to us ends the recording; the command gets it too, and the profile is written.
pgo-collect record -o stopped.pgo -- ./busy forever 2>err &
target=$!
sleep 2
kill "$target"
wait "$target" || { cat err; fail "exit code after SIGTERM"; }
target=
if grep -q 'still runs' err; then fail "the command was not ended"; fi
go tool pprof -raw stopped.pgo >/dev/null || fail "stopped.pgo"
echo "ok"
