#!/bin/sh
# pgo-collect import on perf's own recordings: what it counts is what perf script counts.
#
# usage: import.sh BIN_DIR SOURCE_DIR
set -u
here=$(cd "$(dirname "$0")" && pwd)
PATH=$(cd "$1" && pwd):$PATH
export LC_ALL=C

skip() { echo "skipped: $*"; exit 77; }
fail() { echo "FAILED: $*"; cat err 2>/dev/null; exit 1; }
for tool in cc go perf python3; do
    command -v $tool >/dev/null || skip "no $tool"
done
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
export HOME="$scratch" # go tool pprof keeps things in it

cat >busy.c <<'END'
#include <stdlib.h>

__attribute__((noinline)) unsigned hot(unsigned x)
{
    for (int i = 0; i < 20000; i++)
        x = (x ^ x >> 7) * 1103515245 + 12345;
    return x + 1;
}

__attribute__((noinline)) unsigned apply(unsigned x)
{
    for (int i = 0; i < 100; i++)
        x = hot(x) + 1;
    return x;
}

int main(int argc, char **argv)
{
    unsigned sum = (unsigned)argc;

    for (int i = 0; i < atoi(argv[1]); i++)
        sum += apply(sum);
    return sum == 7;
}
END
cc -O2 -g -fno-omit-frame-pointer -fno-optimize-sibling-calls -Wl,--build-id busy.c -o busy ||
    fail "busy does not build"
perf record -q -e cpu-clock -F 999 -o plain.data ./busy 60 >/dev/null 2>err ||
    skip "perf record is not allowed: $(head -1 err)"

# check NAME [OPTION...]: NAME.data by import and by perf script
check() {
    name=$1
    shift
    pgo-collect import -f -o "$name.pprof" "$@" "$name.data" 2>err || fail "import $* $name.data"
    "$here/import-compare" --stacks hot,apply,main "$name.data" "$name.pprof" err >differences ||
        { cat differences; fail "$name.data"; }
}

check plain
perf record -q -e cpu-clock -F 999 -g -o chains.data ./busy 60 >/dev/null 2>err && check chains
perf record -q -e cpu-clock -F 999 -g -o processes.data sh -c './busy 60; ./busy 30' \
    >/dev/null 2>err && check processes

# The loop: default.pgo by default, never overwritten unasked, and the converter takes it.
pgo-collect import chains.data 2>err || fail "import without -o"
grep -q '^pgo-collect: default.pgo: .* next: pgo-build make$' err || fail "the next step is not said"
pgo-collect import chains.data 2>err && fail "default.pgo was overwritten"
pgo-convert -o busy.prof default.pgo 2>err || fail "pgo-convert"
grep -q '^hot:' busy.prof || fail "hot() is not in the conversion"
echo "all good"
