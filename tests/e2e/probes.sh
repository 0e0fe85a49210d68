#!/bin/sh
# Profiles by pseudo-probe, with llvm-profgen as second opinion: C and C++ by two clangs.
#
# usage: probes.sh BIN_DIR SOURCE_DIR
#
# callgrind counts each instruction of a run exactly. llvm-profgen gets these counts as ranges of
# one instruction, counted from the first executable segment, which is how its unsymbolized
# profile has them; pgo-convert gets them as they are. Zeros are not compared. Then both get the
# calls beside the ranges, as callgrind saw them: call targets and heads are the same.
# shellcheck disable=SC2015 # "A && B || fail" is meant
set -u
bin=$(cd "$1" && pwd)
source=$(cd "$2" && pwd)
export LC_ALL=C PATH="$bin:$bin/../tests/tools:$PATH"

fail() { echo "FAILED: $*"; exit 1; }
for tool in clang-22 clang-19 llvm-profgen-22 llvm-profdata-22 valgrind python3 make_pprof; do
    command -v $tool >/dev/null || { echo "skipped: $tool is missing"; exit 77; }
done
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cp -r "$source/examples/hello-pgo" "$scratch/hello"
cd "$scratch/hello" || exit 1
probes='-O2 -g1 -fdebug-info-for-profiling -fpseudo-probe-for-profiling -Wl,--build-id -I.'

cat >shapes.cc <<'END_CXX'
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>
namespace {
struct Shape {
    virtual ~Shape() = default;
    virtual long area(long scale) const = 0;
};
struct Square : Shape {
    explicit Square(long side) : side(side) {}
    long area(long scale) const override { return side % 7 ? side * side * scale : 1; }
    long side;
};
struct Strip : Shape {
    explicit Strip(long len) : len(len) {}
    long area(long scale) const override
    {
        long sum = 0;
        for (long i = 0; i < len % 13; i++)
            sum += i & 1 ? i * scale : -i;
        return sum;
    }
    long len;
};
template <typename T, typename F> T fold(const std::vector<std::unique_ptr<Shape>> &all, F f)
{
    T total = 0;
    for (const auto &one : all)
        total += f(*one);
    return total;
}
} // namespace
int main(int argc, char **argv)
{
    std::vector<std::unique_ptr<Shape>> all;
    long rounds = argc > 1 ? atol(argv[1]) : 10;
    for (long i = 0; i < 500; i++)
        if (i % 3)
            all.push_back(std::make_unique<Square>(i));
        else
            all.push_back(std::make_unique<Strip>(i));
    long sum = 0;
    for (long i = 0; i < rounds; i++)
        sum += fold<long>(all, [&](const Shape &one) { return one.area(i % 5); });
    printf("%ld\n", sum);
}
END_CXX

# as_ranges COUNTS BINARY: the unsymbolized profile
as_ranges() {
    base=$(readelf -lW "$2" | awk '$1 == "LOAD" && / R E /{ print $3; exit }')
    python3 - "$1" "$base" <<'END_PYTHON'
import sys
counts = [line.split() for line in open(sys.argv[1])]
base = int(sys.argv[2], 16)
print(len(counts))
for vaddr, count in counts:
    print(f"{int(vaddr, 16) - base:x}-{int(vaddr, 16) - base:x}:{count}")
print(0)
END_PYTHON
}

# lines PROFILE: what it says of each probe that ran, sorted, each with the functions around it
lines() {
    awk '/^#/ { next }
         { match($0, /^ */); depth = RLENGTH; text = substr($0, depth + 1) }
         depth == 0 { sub(/:[0-9]+:[0-9]+$/, "", text); stack[0] = text; next }
         { where = ""; for (i = 0; i < depth; i++) where = where stack[i] " > " }
         text ~ /^!/ { print where text; next }
         text ~ /^[0-9]+: [0-9]/ { if (text !~ /: 0$/) print where text; next }
         { sub(/:[0-9]+$/, "", text); stack[depth] = text }' "$1" | sort
}

# compare_calls NAME BINARY ARGUMENT...: both tools on the same ranges and calls; after compare
compare_calls() {
    name=$1
    binary=$2
    shift 2
    "$source/bench/exact-counts" --branches with-calls "./$binary" "$@" 2>messages >/dev/null ||
        { cat messages; fail "$name: exact-counts"; }
    llvm-profgen-22 --unsymbolized-profile=with-calls --binary="$binary" --format=text \
        -o theirs.prof >messages 2>&1 || { cat messages; fail "$name: llvm-profgen"; }
    pgo-convert --binary="$binary" -o ours.prof with-calls 2>report || { cat report; fail "$name"; }
    lines theirs.prof | grep -v '!' >theirs
    lines ours.prof | grep -v '!' >ours
    diff theirs ours || fail "$name: calls: llvm-profgen (<), ours (>)"
    heads theirs.prof >theirs.heads
    heads ours.prof | diff theirs.heads - || fail "$name: heads: llvm-profgen (<), ours (>)"
    [ "$(wc -l <theirs.heads)" -gt 2 ] || fail "$name: hardly a head"
    echo "$name: $(grep -c '> [0-9]*: [0-9]* [^ ]*:[0-9]' ours) probes with call targets"
}

# heads PROFILE: each function that was entered, and how often
heads() { sed -n 's/^\([^ #].*\):[0-9]*:\([1-9][0-9]*\)$/\1 \2/p' "$1" | sort; }

# compare NAME BINARY ARGUMENT...: both tools on the exact counts of a run
compare() {
    name=$1
    binary=$2
    shift 2
    "$source/bench/exact-counts" counts "./$binary" "$@" 2>messages >/dev/null ||
        { cat messages; fail "$name: exact-counts"; }
    as_ranges counts "$binary" >ranges
    llvm-profgen-22 --unsymbolized-profile=ranges --binary="$binary" --format=text \
        -o theirs.prof >messages 2>&1 || { cat messages; fail "$name: llvm-profgen"; }
    pgo-convert --input=counts --binary="$binary" -o ours.prof counts 2>report ||
        { cat report; fail "$name"; }
    lines theirs.prof >theirs
    lines ours.prof >ours
    [ "$(grep -vc '!' ours)" -gt 20 ] || fail "$name: hardly a probe"
    # a function that never ran has no record of ours
    comm -3 theirs ours | grep -v '!CFGChecksum' >difference
    [ "$(wc -l <difference)" -le $((($(wc -l <ours) + 99) / 100)) ] ||
        { head difference; fail "$name: llvm-profgen (left), ours (right)"; }
    comm -13 theirs ours | grep '!CFGChecksum' && fail "$name: another checksum"
    overlap=$(llvm-profdata-22 overlap --sample theirs.prof ours.prof |
        sed -n 's/.*Whole program profile similarity: //p')
    echo "$name: $(wc -l <ours) lines, similarity to llvm-profgen $overlap"
    case $overlap in 100.* | 99.9*) ;; *) fail "$name: similarity" ;; esac
}

for compiler in clang-22 clang-19; do
    # shellcheck disable=SC2086 # the flags are words
    $compiler $probes -o app-$compiler ./*.c ./*/*.c || fail "$compiler"
    compare $compiler app-$compiler 1
    compare_calls $compiler app-$compiler 1
done
# shellcheck disable=SC2086
for compiler in clang++-22 clang++-19; do
    $compiler $probes -std=c++17 -o shapes shapes.cc || fail "$compiler"
    compare $compiler shapes 50
    compare_calls $compiler shapes 50
    grep -q '> [0-9]*: [0-9]* _ZN[^ ]*5Strip4area[^ ]* _ZN[^ ]*6Square4area[^ ]*$' ours ||
        grep -q '> [0-9]*: [0-9]* _ZN[^ ]*6Square4area[^ ]* _ZN[^ ]*5Strip4area[^ ]*$' ours ||
        { grep area ours; fail "$compiler: the virtual call goes to two functions"; }
done

# --- a sampled profile: LLVM reads it, the compilers take it, and nothing of it is stale
"$source/bench/exact-counts" counts ./app-clang-22 1 2>/dev/null >/dev/null || fail "exact-counts"
awk '{ printf "%s %d\n", $1, ($2 * (1 + NR * 37 % 8) + 9999) / 20000 }' counts >sampled
printf 'type samples count\nperiod cpu nanoseconds 10000000\nbinary app-clang-22 %s sampled %s\n' \
    555555550000 "$PWD/app-clang-22" | make_pprof >app.pprof
pgo-convert -o app.prof app.pprof 2>report || { cat report; fail "a sampled profile"; }
for version in 19 22; do
    llvm-profdata-$version merge --sample --text app.prof -o merged || fail "llvm-profdata-$version"
    grep -v '^#!pgo' app.prof | diff merged - >difference || { head difference; fail "merged"; }
    # shellcheck disable=SC2086
    for file in ./*.c ./*/*.c; do
        clang-$version $probes -Qunused-arguments -Werror -fprofile-sample-use=app.prof \
            -mllvm -report-profile-staleness -c "$file" -o used.o 2>messages ||
            { cat messages; fail "clang-$version $file"; }
        ! grep -E '^\([1-9][0-9]*/[0-9]+\) of (functions|callsites).*(invalid|discarded)' messages ||
            fail "clang-$version $file: a stale profile"
    done
done
