#!/bin/sh
# Targets of an indirect call from the stacks of timer samples, by line and by pseudo-probe.
#
# usage: stack-calls.sh BIN_DIR SOURCE_DIR
#
# Nine of ten calls go to often(), which costs as much a call as seldom(). In tail.c they go there
# from dispatch(), which ends by a jump and so is on no stack: main() seems to call them.
# shellcheck disable=SC2015 # "A && B || fail" is meant
set -u
bin=$(cd "$1" && pwd)
export LC_ALL=C PATH="$bin:$PATH"

fail() { echo "FAILED: $*"; exit 1; }
for tool in clang-22 llvm-profdata-22; do
    command -v $tool >/dev/null || { echo "skipped: $tool is missing"; exit 77; }
done
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
cat >app.c <<'END_C'
#include <stdio.h>
#include <stdlib.h>
typedef unsigned step(unsigned);
static unsigned often(unsigned x)
{
    for (int i = 0; i < 40; i++)
        x = (x ^ x >> 7) * 1103515245 + 12345;
    return x;
}
static unsigned seldom(unsigned x)
{
    for (int i = 0; i < 40; i++)
        x = (x ^ x >> 9) * 22695477 + 1;
    return x;
}
step *volatile const steps[] = {often, seldom};
int main(int argc, char **argv)
{
    unsigned x = 1, rounds = argc > 1 ? (unsigned)atoi(argv[1]) : 1;
    for (unsigned i = 0; i < rounds * 1000000; i++)
        x = steps[i % 10 == 0](x) + i;
    printf("%u\n", x);
    return 0;
}
END_C
sed -e 's|^int main|__attribute__((noinline)) static unsigned dispatch(unsigned i, unsigned x)\
{\
    return steps[i % 10 == 0](x);\
}\
&|' -e 's|x = steps.*|x = dispatch(i, x) + i;|' app.c >tail.c

# The record of a function: from its own line to the next function's.
record_of() { sed -n "/^$1:/,/^[^ ]/p" app.prof | sed '2,${/^[^ ]/d;}'; }

for case in app:line app:probe tail:line tail:probe; do
    kind=${case#*:}
    set -- -O2 -g1 -fdebug-info-for-profiling -fno-omit-frame-pointer -Wl,--build-id
    [ "$kind" = line ] || set -- -fpseudo-probe-for-profiling "$@"
    clang-22 "$@" "${case%:*}.c" -o app || fail "does not compile"
    pgo-collect record -f -F 4000 --call-graph=fp -o app.pprof -- ./app 20 >/dev/null 2>messages || {
        grep -q 'not allowed\|permission' messages && { echo "skipped: $(head -1 messages)"; exit 77; }
        cat messages
        fail "pgo-collect"
    }
    pgo-convert -o app.prof app.pprof 2>messages || { cat messages; fail "pgo-convert"; }
    grep -Eq '^ +[0-9.]+: [0-9]+ [^ ]*often[^ ]*:[0-9]+ [^ ]*seldom[^ ]*:[0-9]+$' app.prof ||
        { cat app.prof; fail "$case: often() before seldom() is expected at one call"; }
    case $case in
    tail:*)
        record_of main | grep -q 'often\|seldom' &&
            { cat app.prof; fail "$case: main() does not call them"; } ;;
    esac
    llvm-profdata-22 show --sample app.prof >/dev/null || fail "LLVM does not read it"
done
