#!/bin/sh
# The heap profile of libpgocollect_heap: what a program has allocated and still has, by stack, from
# malloc, calloc, realloc and the aligned ones, from threads, over fork, beside other allocators.
# The estimates may differ from the truth by six standard deviations of the sampling.
#
# usage: collect-heap.sh BIN_DIR SOURCE_DIR
set -eu
bin=$(cd "$1" && pwd)
source=$(cd "$2" && pwd)
lib=$(cd "$bin/../lib" && pwd)
export LC_ALL=C

skip() { echo "skipped: $*"; exit 77; }
fail() { echo "FAILED: $*"; exit 1; }
for tool in cc go curl python3; do
    command -v $tool >/dev/null || skip "no $tool"
done

scratch=$(mktemp -d)
program=
clean_up() {
    if [ -n "$program" ]; then kill "$program" 2>/dev/null || true; wait "$program" 2>/dev/null || true; fi
    rm -rf "$scratch"
}
trap clean_up EXIT
cd "$scratch"
export HOME="$scratch" # go tool pprof keeps things in it

cc -O1 -g -fno-builtin -fomit-frame-pointer -fno-optimize-sibling-calls -I"$source/collect/include" \
    "$source/tests/data/allocates.c" -o allocates -pthread -L"$lib" -lpgocollect
both="$lib/libpgocollect.so $lib/libpgocollect_heap.so"
export LD_LIBRARY_PATH="$lib"

# run [VARIABLE=VALUE...]: writes whole.pprof, and child.pprof of a forked child
run() {
    rm -f whole.pprof child.pprof
    env "$@" ./allocates whole.pprof child.pprof >out 2>err || { cat err; fail "allocates, $*"; }
}
# total INDEX FUNCTION FILE: what pprof says is allocated below a function, in bytes or objects
total() {
    go tool pprof -sample_index="$1" -unit=bytes -top -cum -nodecount=10000 -nodefraction=0 "$3" 2>/dev/null |
        awk -v name="$2" '$6 == name { sum = $4 + 0 } END { printf "%d\n", sum }'
}
# near INDEX FUNCTION EXPECTED SIZE INTERVAL [FILE]: six standard deviations, of blocks of that size
near() {
    found=$(total "$1" "$2" "${6:-whole.pprof}")
    python3 - "$found" "$3" "$4" "$5" <<'END_PYTHON' ||
import math, sys
found, expected, size, interval = map(int, sys.argv[1:])
p = -math.expm1(-size / interval) if interval > 1 else 1
blocks = expected / size
deviation = size * math.sqrt(blocks * (1 - p) / p)
sys.exit(abs(found - expected) > 6 * deviation + 1)
END_PYTHON
        fail "$1 of $2 is $found, not about $3"
}

# Each allocation sampled: exact, whatever it was allocated by and whoever frees it.
run LD_PRELOAD="$both" PGO_COLLECT_HEAP=1
near inuse_space leak 3200000 32 1
near alloc_space churn 64000000 640 1
near inuse_space churn 0 640 1
near inuse_space grow 300000 300000 1
near inuse_space aligned 90112 90112 1
near inuse_space zeroed 40000 40000 1
near alloc_space passed_on 1600000 16000 1
near inuse_space passed_on 0 16000 1
near inuse_objects leak 100000 1 1
near alloc_objects in_child 1000 1 1 child.pprof
near inuse_space in_child 1000000 1000 1 child.pprof
near inuse_space leak 0 32 1 child.pprof # freed there

# The default: about right.
run LD_PRELOAD="$both"
near alloc_space churn 64000000 640 524288
near inuse_space churn 0 640 524288
run LD_PRELOAD="$both" PGO_COLLECT_HEAP=4K
near inuse_space leak 3200000 32 4096
near alloc_space churn 64000000 640 4096
near inuse_space churn 0 640 4096

# The leak at its line, without frame pointers; Go's value types.
go tool pprof -raw whole.pprof 2>/dev/null >raw
grep -q 'alloc_objects/count alloc_space/bytes inuse_objects/count inuse_space/bytes' raw ||
    fail "value types"
grep -q '^PeriodType: space bytes' raw || fail "period type"
line=$(grep -n 'LEAK' "$source/tests/data/allocates.c" | head -1 | cut -d: -f1)
go tool pprof -lines -top whole.pprof 2>/dev/null | grep -q "leak .*allocates.c:$line" ||
    fail "no leak at line $line"
go tool pprof -peek '^leak$' whole.pprof 2>/dev/null | grep -q ' main$' || fail "no caller"

# In the folder, beside the profiles of time; over HTTP.
run LD_PRELOAD="$both" PGO_COLLECT_DIR=folder
cat folder/allocates.*.heap.gz >/dev/null || fail "no heap profile in the folder"
for file in folder/allocates.*.heap.gz; do
    near alloc_space churn 64000000 640 524288 "$file"
done

LD_PRELOAD=$both PGO_COLLECT_HTTP="unix:$scratch/sock" ./allocates - 2>err &
program=$!
until curl -fsS --unix-socket sock -D headers -o served.pprof http://localhost/debug/pprof/heap \
    2>/dev/null && [ "$(total inuse_space big served.pprof)" -gt 50000000 ]; do
    kill -0 $program || { cat err; fail "the program has ended"; }
    sleep 0.05
done
grep -q 'filename="heap"' headers || fail "Content-Disposition"
curl -fsS --unix-socket sock http://localhost/metrics | grep -q '^pgo_collect_heap_blocks [1-9]' ||
    fail "no metric"
kill $program
wait $program 2>/dev/null || true
program=

# status FILE: what the page says without a heap profile
status() {
    LD_PRELOAD=$1 PGO_COLLECT_HTTP="unix:$scratch/none" ${2:-./allocates} - 2>err &
    program=$!
    until [ -S none ] && code=$(curl -sS --unix-socket none -o body -w '%{http_code}' \
        http://localhost/debug/pprof/heap 2>/dev/null); do
        kill -0 $program || { cat err; fail "the program has ended"; }
        sleep 0.05
    done
    kill $program
    wait $program 2>/dev/null || true
    program=
    rm -f none
    [ "$code" = 501 ] || { cat body; fail "$code, not 501"; }
}
status "$lib/libpgocollect.so"
grep -q 'libpgocollect_heap.so is not loaded' body || { cat body; fail "the reason"; }
[ ! -s err ] || { cat err; fail "said without being asked"; }
PGO_COLLECT_HEAP=1M LD_PRELOAD=$lib/libpgocollect.so ./allocates /dev/null 2>err || true
grep -q 'libpgocollect_heap.so is not loaded' err || { cat err; fail "asked for, not there"; }

# An allocator of the program's own.
cat >own.c <<'END_C'
#include <stddef.h>
#include <unistd.h>
static _Alignas(16) char memory[64 << 20];
static size_t used;
void *malloc(size_t size)
{
    size_t at = __atomic_fetch_add(&used, (size + 31) / 16 * 16, __ATOMIC_RELAXED);
    *(size_t *)(memory + at) = size;
    return at + size < sizeof(memory) ? memory + at + 16 : NULL;
}
void free(void *block) { (void)block; }
void *calloc(size_t count, size_t size) { return malloc(count * size); }
void *realloc(void *block, size_t size)
{
    char *to = malloc(size), *from = block;
    for (size_t i = 0; from && i < size && i < ((size_t *)from)[-2]; i++)
        to[i] = from[i];
    return to;
}
int main(void) { for (;;) pause(); }
END_C
cc -O1 -fno-builtin -fno-tree-loop-distribute-patterns own.c -o own
status "$both" ./own
grep -q "malloc() is in .*own: no heap profile" body || { cat body; fail "the reason"; }
grep -q "malloc() is in .*own: no heap profile" err || { cat err; fail "not said"; }

# Other allocators.
missing=
for allocator in libjemalloc.so.2 libtcmalloc_minimal.so.4; do
    if ! LD_PRELOAD=$allocator sh -c : 2>&1 | grep -q . ; then
        run LD_PRELOAD="$both $allocator" PGO_COLLECT_HEAP=1
        near inuse_space leak 3200000 32 1
        near inuse_space churn 0 640 1
        near inuse_space passed_on 0 16000 1
        near inuse_space grow 300000 300000 1
    else
        missing="$missing $allocator"
    fi
done
[ -z "$missing" ] || skip "no$missing (the rest is good)"
echo "all good"
