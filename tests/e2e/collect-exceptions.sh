#!/bin/sh
# libpgocollect preloaded into a C++ program that throws: exceptions are libgcc's matter, as they
# were, although libunwind.so has entry points of the same names; and the stacks reach main().
#
# usage: collect-exceptions.sh BIN_DIR SOURCE_DIR
# shellcheck source=tests/e2e/collect-program
. "$(dirname "$0")/collect-program"
need c++ go
[ "$(uname -m)" = x86_64 ] || skip "rows are of x86-64 alone"

cat >throw.cc <<'END'
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <vector>

__attribute__((noinline)) static int fail(int depth)
{
    if (depth)
        return fail(depth - 1) + 1;
    throw std::runtime_error("no");
}

__attribute__((noinline)) static long sort_numbers()
{
    std::vector<unsigned> numbers(200000);
    unsigned x = 1;

    for (auto &number : numbers)
        number = x = x * 1664525 + 1013904223;
    std::sort(numbers.begin(), numbers.end());
    return numbers[7];
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 1, caught = 0;
    long sum = 0;

    for (int i = 0; i < rounds; i++) {
        for (int k = 0; k < 2000; k++)
            try {
                sum += fail(5);
            } catch (const std::exception &) {
                caught++;
            }
        sum += sort_numbers();
    }
    printf("%d %d\n", caught, sum != 0);
}
END
c++ -O2 -g -fomit-frame-pointer -o throw throw.cc

# Who serves the program's and libstdc++'s exceptions?
LD_PRELOAD=$library LD_DEBUG=bindings LD_DEBUG_OUTPUT=bindings ./throw >out
[ "$(cat out)" = "2000 1" ] || fail "the program says: $(cat out)"
grep -h "symbol .*_Unwind_" bindings.* >unwinder || fail "no binding of _Unwind_* found"
if grep -v "to .*libgcc_s" unwinder; then
    fail "exceptions are served by another library than libgcc"
fi

mkdir profiles
PGO_COLLECT_DIR=profiles PGO_COLLECT_HZ=250 LD_PRELOAD=$library ./throw 40 >out
[ "$(cat out)" = "80000 1" ] || fail "the program says: $(cat out)"
go tool pprof -traces ./throw profiles/*.pprof.gz >traces 2>/dev/null
go tool pprof -raw ./throw profiles/*.pprof.gz >raw 2>/dev/null
words=$(grep -o "samples: [0-9]*, complete stacks: [0-9]*" raw | head -1)
[ -n "$words" ] || fail "no counts in the profile's comments"
echo "$words" | awk '{
    if ($2 + 0 < 50) { print "FAILED: too few samples: " $0; exit 1 }
    if ($5 < 0.9 * $2) { print "FAILED: many stacks are not complete: " $0; exit 1 }
    print }'
grep -q "sort_numbers" traces || fail "sort_numbers() is not in the stacks"
