#!/bin/sh
# --refresh on examples/hello-pgo: recordings that differ by chance give the same objects; one that
# differs by more does not.
#
# usage: refresh.sh BIN_DIR SOURCE_DIR
#
# No recording: callgrind counts each instruction of a run exactly, and samples are drawn from these
# counts, so that the result is the same in every run.
# shellcheck disable=SC2015 # "A && B || fail" is meant
set -u
bin=$(cd "$1" && pwd)
source=$(cd "$2" && pwd)
export LC_ALL=C PATH="$bin:$bin/../tests/tools:$PATH"

fail() { echo "FAILED: $*"; cat report 2>/dev/null; exit 1; }
for tool in clang-22 valgrind python3 strip nm make_pprof; do
    command -v $tool >/dev/null || { echo "skipped: $tool is missing"; exit 77; }
done
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cp -r "$source/examples/hello-pgo" "$scratch/hello"
cd "$scratch/hello" || exit 1
ready='-O2 -g1 -fdebug-info-for-profiling -I.'
# shellcheck disable=SC2086 # the flags are words
clang-22 $ready -fPIE -pie -o app ./*.c ./*/*.c || fail "does not compile"
"$source/bench/exact-counts" exact ./app 1 >/dev/null || fail "exact-counts"
start=$(nm app | sed -n 's/^\([0-9a-f]*\) T evaluate$/\1/p')
[ -n "$start" ] || fail "no evaluate() in the program"

# recording SEED START: 20,000 samples into SEED.pprof. From START on, 200 bytes are hot that were not.
recording() {
    python3 - "$1" "$2" >sampled <<'END_PYTHON' || fail "no samples"
import random
import sys
rng = random.Random(int(sys.argv[1]))
start = int(sys.argv[2], 16)
counts = [(int(vaddr, 16), int(count)) for vaddr, count in (line.split() for line in open("exact"))]
mean = sum(count for _, count in counts) / len(counts)
weights = [20 * mean / (count + 1) if start <= vaddr < start + 200 else count
           for vaddr, count in counts]
samples = {}
for vaddr, _ in rng.choices(counts, weights, k=20000):
    samples[vaddr] = samples.get(vaddr, 0) + 1
for vaddr in sorted(samples):
    print(f"{vaddr:x} {samples[vaddr]}")
END_PYTHON
    printf 'type samples count\nperiod cpu nanoseconds 10000000\nbinary app 0 sampled\n' |
        make_pprof >"$1.pprof"
}

# compile PROFILE: each file on its own, into the folder PROFILE.objects
compile() {
    mkdir "$1.objects"
    for file in ./*.c ./*/*.c; do
        # shellcheck disable=SC2086
        clang-22 $ready -Werror -fprofile-sample-use="$1" -c "$file" \
            -o "$1.objects/$(basename "$file").o" || fail "clang-22 with $1"
    done
}

for seed in 1 2 3; do recording $seed ffffffffffff0000; done
recording 4 "$start"
pgo-convert -o first.pgo --binary=app 1.pprof 2>report || fail "the first profile"
pgo-convert -o second.pgo --binary=app --refresh=first.pgo 2.pprof 2>report || fail "the second"
grep -q 'not kept: 0 changed, 0 too old, 0 gone' report || fail "chance changed a record"
pgo-convert -o third.pgo --binary=app --refresh=second.pgo 3.pprof 2>report || fail "the third"
grep -q 'not kept: 0 changed, 0 too old, 0 gone' report || fail "chance changed a record"
pgo-convert -o alone.pgo --binary=app 3.pprof 2>report || fail "the third by itself"
for profile in first third alone; do compile $profile.pgo; done
diff -r first.pgo.objects third.pgo.objects || fail "a refresh by chance changes an object"
! diff -rq first.pgo.objects alone.pgo.objects >/dev/null ||
    fail "without --refresh all objects are the same: this test proves nothing"

pgo-convert -o changed.pgo --binary=app --refresh=third.pgo 4.pprof 2>report || fail "the fourth"
grep -q '^#!pgo samples [0-9]* since 3' changed.pgo || fail "a change was not taken"
sed -n '/^evaluate:/{n;p;q;}' changed.pgo | grep -q 'since 3' || fail "evaluate() was not taken"

# --- by pgo-build, with recordings as default.pgo: the same, and nothing is built again for chance
export PGO_BUILD_CACHE="$scratch/cache" CCACHE_DISABLE=1 NO_COLOR=1
rm -f default.pgo
built() {
    cp "$1" default.pgo
    pgo-build -v make CC=clang-22 >report 2>&1 || fail "pgo-build with $1"
    grep -c '^pgo-build: .*\.c: with' report
}
mkdir .git
[ "$(built 1.pprof)" = 5 ] || fail "pgo-build: the first recording"
[ "$(built 2.pprof)" = 0 ] || fail "pgo-build: the second recording builds again"
[ "$(built 3.pprof)" = 0 ] || fail "pgo-build: the third recording builds again"
changed=$(built 4.pprof)
[ "$changed" -gt 0 ] || fail "pgo-build: a change is not taken"
