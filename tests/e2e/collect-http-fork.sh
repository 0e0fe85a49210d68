#!/bin/sh
# Who serves when a program forks: a daemon's child where its parent did; each process where each has
# an address of its own; never what the child becomes by exec.
#
# usage: collect-http-fork.sh BIN_DIR SOURCE_DIR
set -eu
bin=$(cd "$1" && pwd)
library=$bin/../lib/libpgocollect.so
export LC_ALL=C

skip() { echo "skipped: $*"; exit 77; }
fail() { echo "FAILED: $*"; exit 1; }
for tool in cc curl go python3; do
    command -v $tool >/dev/null || skip "no $tool"
done

scratch=$(mktemp -d)
program=
child=
clean_up() {
    for id in $program $child; do kill "$id" 2>/dev/null || true; done
    rm -rf "$scratch"
}
trap clean_up EXIT
cd "$scratch"
export HOME="$scratch"

cat >forked.c <<'END_C'
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile unsigned sink;

__attribute__((noinline)) void hot(void)
{
    for (int i = 0; i < 1000000; i++)
        sink = sink * 1664525u + 1013904223u;
    usleep(1000);
}

int main(int argc, char **argv)
{
    int child = fork();

    if (child) {
        printf("%d\n", child);
        fflush(stdout);
        if (argc > 1 && strcmp(argv[1], "daemon") == 0)
            _exit(0);
        for (;;)
            pause();
    }
    for (;;)
        hot();
}
END_C
cc -O2 -g -fno-omit-frame-pointer forked.c -o forked

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
PGO_COLLECT_HTTP=127.0.0.1:$port LD_PRELOAD=$library ./forked daemon >id 2>said </dev/null
child=$(cat id)
# until_true COMMAND...: waits for it as long as the child lives
until_true() {
    until "$@" >/dev/null 2>&1; do
        kill -0 "$child" 2>/dev/null || { cat said; fail "the child has ended"; }
        sleep 0.1
    done
}
until_true curl -fsS -o index "http://127.0.0.1:$port/debug/pprof/"
grep -q "process $child," index || { cat index; fail "it is not the child that serves"; }
go tool pprof -raw "http://127.0.0.1:$port/debug/pprof/profile?seconds=1" 2>messages |
    grep -q ' hot ' || { cat messages; fail "the daemon's profile"; }
[ -s said ] && { cat said; fail "something was said"; }
kill "$child"
rm id

PGO_COLLECT_HTTP="unix:$scratch/%p.sock" LD_PRELOAD=$library ./forked stay >id 2>said &
program=$!
until [ -s id ]; do sleep 0.05; done 2>/dev/null
child=$(cat id)
until_true test -S "$program.sock"
until_true test -S "$child.sock"
for id in "$program" "$child"; do
    until_true curl -fsS --unix-socket "$id.sock" -o index http://localhost/debug/pprof/
    grep -q "process $id," index || fail "the socket of $id is another's"
done
[ -s said ] && { cat said; fail "something was said"; }
kill "$program" "$child"
wait "$program" 2>/dev/null || true
