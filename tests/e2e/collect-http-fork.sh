#!/bin/sh
# Who serves when a program forks: a daemon's child where its parent did; each process where each has
# an address of its own; never what the child becomes by exec.
#
# usage: collect-http-fork.sh BIN_DIR SOURCE_DIR
# shellcheck source=tests/e2e/collect-program
. "$(dirname "$0")/collect-program"
need cc curl go python3

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

port=$(free_port)
PGO_COLLECT_HTTP=127.0.0.1:$port LD_PRELOAD=$library ./forked daemon >id 2>said </dev/null
program=$(cat id)
until_true curl -fsS -o index "http://127.0.0.1:$port/debug/pprof/"
grep -q "process $program," index || { cat index; fail "it is not the child that serves"; }
shows_hot() {
    go tool pprof -raw "http://127.0.0.1:$port/debug/pprof/profile?seconds=1" | grep -q ' hot '
}
until_true shows_hot
[ -s said ] && { cat said; fail "something was said"; }
kill "$program"
rm id

PGO_COLLECT_HTTP="unix:$scratch/%p.sock" LD_PRELOAD=$library ./forked stay >id 2>said &
program=$!
until [ -s id ]; do sleep 0.05; done 2>/dev/null
child=$(cat id)
others=$child
until_true test -S "$program.sock"
until_true test -S "$child.sock"
for id in "$program" "$child"; do
    until_true curl -fsS --unix-socket "$id.sock" -o index http://localhost/debug/pprof/
    grep -q "process $id," index || fail "the socket of $id is another's"
done
[ -s said ] && { cat said; fail "something was said"; }
echo "all good"
