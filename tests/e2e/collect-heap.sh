#!/bin/sh
# The heap profile of libpgocollect_heap: what a program has allocated and still has, by stack, from
# malloc, calloc, realloc and the aligned ones, from threads, over fork, beside other allocators.
# The estimates may differ from the truth by six standard deviations of the sampling.
#
# usage: collect-heap.sh BIN_DIR SOURCE_DIR
# shellcheck source=tests/e2e/collect-program
. "$(dirname "$0")/collect-program"
need cc c++ go curl pkg-config python3

cc -O1 -g -fno-builtin -fomit-frame-pointer -fno-optimize-sibling-calls -I"$source/collect/include" \
    "$source/tests/data/allocates.c" -o allocates -pthread -L"$lib" -lpgocollect
both="$library $heap_library"
export LD_LIBRARY_PATH="$lib"

# run [VARIABLE=VALUE...]: writes whole.pprof, and child.pprof of a forked child
run() {
    rm -f whole.pprof child.pprof
    env "$@" ./allocates whole.pprof child.pprof >out 2>err || { cat err; fail "allocates, $*"; }
}
cat >check.py <<'END_PYTHON'
"""check.py INTERVAL <RAW: what `go tool pprof -raw` prints of a heap profile, against the file
"expected": VALUE_TYPE FUNCTION TOTAL SIZE, what blocks of that size are allocated below it."""
import math, re, sys
types, samples, functions, part = [], [], {}, None
for line in sys.stdin:
    word = line.split()
    if word and word[0] in ("Samples:", "Locations", "Mappings"):
        part = word[0]
    elif part == "Samples:" and "/" in line:
        types = [re.sub(r"/.*", "", name) for name in word]
    elif part == "Samples:" and re.match(r" *[0-9]+ ", line):
        values, ids = line.split(":")
        samples.append(([int(value) for value in values.split()], ids.split()))
    elif part == "Locations":
        if re.match(r" *[0-9]+:", line):
            location = functions[word[0][:-1]] = set()
            word = word[3:]
        if word:
            location.add(word[0])
wrong = 0
for line in open("expected"):
    kind, name, *numbers = line.split()
    expected, size = map(int, numbers)
    found = sum(values[types.index(kind)] for values, ids in samples
                if any(name in functions[i] for i in ids))
    p = -math.expm1(-size / int(sys.argv[1])) if sys.argv[1] != "1" else 1
    deviation = size * math.sqrt(expected / size * (1 - p) / p)
    if abs(found - expected) > 6 * deviation + 1:
        print(f"{kind} of {name} is {found}, not about {expected}")
        wrong = 1
sys.exit(wrong)
END_PYTHON
# is_near FILE INTERVAL: as the file `expected` has it, within six standard deviations
is_near() {
    go tool pprof -raw "$1" 2>/dev/null >raw && python3 check.py "$2" <raw
}
# check FILE INTERVAL <<END: the same, or the test fails
check() {
    cat >expected
    is_near "$@" || fail "$1"
}

# Linked, as pkg-config has it in a build tree: the heap library in front of the program's others.
flags=$(PKG_CONFIG_PATH=$lib/pkgconfig pkg-config --cflags --libs pgo-collect-heap) || fail "pkg-config"
# shellcheck disable=SC2086 # flags are words
cc -O1 -g -fno-builtin -Wl,--no-as-needed "$source/tests/data/allocates.c" -o linked -pthread $flags
./linked whole.pprof child.pprof >out 2>err || { cat err; fail "linked"; }
check whole.pprof 524288 <<END
alloc_space churn 64000000 640
END

# Each allocation sampled: exact, whatever it was allocated by and whoever frees it.
run LD_PRELOAD="$both" PGO_COLLECT_HEAP=1
check whole.pprof 1 <<END
inuse_space leak 3200000 32
alloc_space churn 64000000 640
inuse_space churn 0 640
inuse_space grow 300000 300000
inuse_space aligned 90112 90112
inuse_space zeroed 40000 40000
alloc_space passed_on 1600000 16000
inuse_space passed_on 0 16000
inuse_objects leak 100000 1
END
check child.pprof 1 <<END
alloc_objects in_child 1000 1
inuse_space in_child 1000000 1000
inuse_space leak 0 32
END

# The default: about right. In the folder, beside the profiles of time.
run LD_PRELOAD="$both" PGO_COLLECT_DIR=folder
cat >expected <<END
alloc_space churn 64000000 640
inuse_space churn 0 640
END
for file in whole.pprof folder/allocates.*.heap.gz; do
    is_near "$file" 524288 || fail "$file"
done
run LD_PRELOAD="$both" PGO_COLLECT_HEAP=4K
check whole.pprof 4096 <<END
inuse_space leak 3200000 32
alloc_space churn 64000000 640
inuse_space churn 0 640
END

# The leak at its line, without frame pointers; Go's value types.
grep -q 'alloc_objects/count alloc_space/bytes inuse_objects/count inuse_space/bytes' raw ||
    fail "value types"
grep -q '^PeriodType: space bytes' raw || fail "period type"
line=$(grep -n 'LEAK' "$source/tests/data/allocates.c" | head -1 | cut -d: -f1)
go tool pprof -lines -top whole.pprof 2>/dev/null | grep -q "leak .*allocates.c:$line" ||
    fail "no leak at line $line"
go tool pprof -peek '^leak$' whole.pprof 2>/dev/null | grep -q ' main$' || fail "no caller"

# Over HTTP.
LD_PRELOAD=$both PGO_COLLECT_HTTP="unix:$scratch/sock" ./allocates - 2>said &
program=$!
echo "inuse_space big 60000000 6000000" >expected
serves_big() {
    curl -fsS --unix-socket sock -D headers -o served.pprof http://localhost/debug/pprof/heap &&
        is_near served.pprof 524288
}
until_true serves_big
grep -q 'filename="heap"' headers || fail "Content-Disposition"
curl -fsS --unix-socket sock http://localhost/metrics | grep -q '^pgo_collect_heap_blocks [1-9]' ||
    fail "no metric"
end_program

# status FILE: what the page says without a heap profile
status() {
    LD_PRELOAD=$1 PGO_COLLECT_HTTP="unix:$scratch/none" ${2:-./allocates} - 2>said &
    program=$!
    until_true curl -sS --unix-socket none -D headers -o body http://localhost/debug/pprof/heap
    end_program
    rm -f none
    grep -q '^HTTP/1.1 501 ' headers || { cat headers body; fail "not 501"; }
}
status "$lib/libpgocollect.so"
grep -q 'libpgocollect_heap.so is not loaded' body || { cat body; fail "the reason"; }
[ ! -s said ] || { cat said; fail "said without being asked"; }
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
grep -q "malloc() is in .*own: no heap profile" said || { cat said; fail "not said"; }

# Other allocators.
cat >new.cc <<'END'
int main() { return *new int(0); }
END
c++ -O0 new.cc -o new
missing=
for allocator in libjemalloc.so.2 libtcmalloc_minimal.so.4; do
    if ! LD_PRELOAD=$allocator sh -c : 2>&1 | grep -q . ; then
        run LD_PRELOAD="$both $allocator" PGO_COLLECT_HEAP=1
        check whole.pprof 1 <<END
inuse_space leak 3200000 32
inuse_space churn 0 640
inuse_space passed_on 0 16000
inuse_space grow 300000 300000
END
        LD_PRELOAD="$both $allocator" PGO_COLLECT_HEAP=1 PGO_COLLECT_DIR=. ./new 2>said
        grep -q "operator new of .*$allocator is not sampled" said || { cat said; fail "new"; }
    else
        missing="$missing $allocator"
    fi
done
[ -z "$missing" ] || skip "no$missing (the rest is good)"
echo "all good"
