#!/bin/sh
# A program that does to libpgocollect whatever a program may do (tools/torture): it goes on as
# without it. Preloaded; with the library's sources and the preset's sanitizers; in C++ with
# exceptions on many threads. All of it for long: build/dev/tests/tools/torture SECONDS.
#
# usage: collect-torture.sh BIN_DIR SOURCE_DIR [SECONDS]
# shellcheck source=tests/e2e/collect-program
. "$(dirname "$0")/collect-program"
need cc c++
seconds=${3:-2} linked=$bin/../tests/tools/torture

for name in first second; do
    cat >$name.c <<'END'
static volatile unsigned sink;

unsigned torture_hot(unsigned rounds)
{
    for (unsigned i = 0; i < rounds; i++)
        sink = sink * 1664525u + i;
    return rounds;
}
END
    cc -O2 -g -fPIC -shared -Wl,--build-id -o $name.so $name.c
done
export TORTURE_LIBRARIES="$scratch/first.so:$scratch/second.so"
cc -O2 -g -D_GNU_SOURCE -std=gnu11 -I "$source/collect/include" \
    "$source"/tests/tools/torture/torture*.c -o torture -pthread

cat >throw.cc <<'END'
#include <stdexcept>
#include <thread>
#include <vector>

__attribute__((noinline)) static int fail(int depth)
{
    if (depth)
        return fail(depth - 1) + 1;
    throw std::runtime_error("no");
}

static void run(int *caught)
{
    for (int i = 0; i < 20000; i++)
        try {
            fail(i % 30);
        } catch (const std::exception &) {
            ++*caught;
        }
}

int main()
{
    std::vector<std::thread> threads;
    std::vector<int> caught(16);

    for (int &count : caught)
        threads.emplace_back(run, &count);
    for (std::thread &thread : threads)
        thread.join();
    for (int count : caught)
        if (count != 20000)
            return 1;
    return 0;
}
END
c++ -O2 -g throw.cc -o throw -pthread

# run NAME COMMAND...
run() {
    name=$1
    shift
    "$@" >"$name.out" 2>"$name.err" || fail "$name: exit code $?: $(head -50 "$name.err")"
}
run plain ./torture 1
export PGO_COLLECT_HZ=1000 PGO_COLLECT_INTERVAL=1
run preloaded env PGO_COLLECT_DIR=files PGO_COLLECT_DIR_MAX=1M "LD_PRELOAD=$library" \
    ./torture "$seconds"
run heap env PGO_COLLECT_DIR=files PGO_COLLECT_DIR_MAX=1M PGO_COLLECT_HEAP=16K \
    "LD_PRELOAD=$library $heap_library" ./torture "$seconds"
run started env "LD_PRELOAD=$library" ./torture "$seconds" start-stop libraries longjmp threads
run linked env PGO_COLLECT_DIR=linked PGO_COLLECT_DIR_MAX=1M "$linked" "$seconds"
run exceptions env PGO_COLLECT_DIR=files "LD_PRELOAD=$library" ./throw
echo "all good"
