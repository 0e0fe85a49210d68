#!/bin/sh
# pgo-convert on examples/hello-pgo, with LLVM's own tools as second opinion.
#
# usage: convert.sh BIN_DIR SOURCE_DIR
#
# No recording: callgrind counts each instruction of a run exactly, and 20,000 samples are drawn
# from these counts, each instruction with a latency of its own, so that the result is the same in
# every run.
# shellcheck disable=SC2015 # "A && B || fail" is meant
set -u
bin=$(cd "$1" && pwd)
source=$(cd "$2" && pwd)
export LC_ALL=C PATH="$bin:$bin/../tests/tools:$PATH"

fail() { echo "FAILED: $*"; exit 1; }
for tool in clang-22 clang-19 llvm-profdata-22 llvm-profdata-19 valgrind python3 objdump strip \
    make_pprof; do
    command -v $tool >/dev/null || { echo "skipped: $tool is missing"; exit 77; }
done
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cp -r "$source/examples/hello-pgo" "$scratch/hello"
cd "$scratch/hello" || exit 1
ready='-O2 -g1 -fdebug-info-for-profiling -I.'

# convert OUT ARGUMENT...: pgo-convert; a warning fails
convert() {
    out=$1
    shift
    pgo-convert -o "$out" "$@" 2>report || { cat report; fail "pgo-convert $*"; }
    ! grep warning report || fail "pgo-convert $*"
}

# pprof COUNTS BINARY BIAS [NAME]
pprof() {
    printf 'type samples count\nperiod cpu nanoseconds 10000000\nbinary %s %s %s %s\n' \
        "$2" "$3" "$1" "${4:-$PWD/$2}" | make_pprof
}

# shellcheck disable=SC2086 # the flags are words
clang-22 $ready -fPIE -pie -o app ./*.c ./*/*.c || fail "does not compile"
"$source/bench/exact-counts" exact ./app 1 || fail "exact-counts"
python3 - <<'END_PYTHON' >sampled || fail "no samples"
import random
rng = random.Random(1)
counts = [line.split() for line in open("exact")]
latency = lambda vaddr: 1 + int(vaddr, 16) * 2654435761 % 2**32 // 2**29 # 1 to 8
weights = [int(count) * latency(vaddr) for vaddr, count in counts]
samples = {}
for vaddr, _ in rng.choices(counts, weights, k=20000):
    samples[vaddr] = samples.get(vaddr, 0) + 1
for vaddr in sorted(samples):
    print(vaddr, samples[vaddr])
END_PYTHON
pprof sampled app 555555550000 >app.pprof
convert exact.prof --input=counts --binary=app exact

# --- each rule and form: both versions of LLVM read it; llvm-profdata writes the very text we do
for rule in flow block max sum; do
    convert $rule.prof --count=$rule app.pprof
    convert $rule.ext --count=$rule --format=extbinary app.pprof
    for version in 19 22; do
        for form in prof ext; do
            llvm-profdata-$version show --sample $rule.$form >shown 2>&1 ||
                fail "llvm-profdata-$version: $rule.$form: $(head -1 shown)"
            grep -q '^Function: evaluate' shown || fail "$rule.$form: no evaluate()"
            llvm-profdata-$version merge --sample --text $rule.$form -o merged ||
                fail "llvm-profdata-$version merge"
            grep -v '^#!pgo' $rule.prof | diff merged - >difference ||
                { head difference; fail "$rule.$form: merged by $version (<), ours (>)"; }
        done
    done
done

# --- compilers take it without a word, and it makes a difference
for compiler in clang-19 clang-22; do
    for profile in flow.prof flow.ext; do
        # shellcheck disable=SC2086
        $compiler $ready -Wall -Wprofile-instr-out-of-date -Werror -fprofile-sample-use=$profile \
            -o app.pgo ./*.c ./*/*.c >messages 2>&1 || { cat messages; fail "$compiler $profile"; }
        [ ! -s messages ] || { cat messages; fail "$compiler $profile: not silent"; }
        [ "$(./app.pgo 1)" = "$(./app 1)" ] || fail "$compiler $profile: another result"
        objdump -d app.pgo >pgo.code
        objdump -d app >plain.code
        ! cmp -s pgo.code plain.code || fail "$compiler $profile: no effect"
    done
done

# --- how near the truth: in percent, with llvm-profdata's measure
similarity() {
    llvm-profdata-22 overlap --sample exact.prof "$1" |
        sed -n 's/.*Whole program profile similarity: \([0-9]*\).*/\1/p'
}
echo "similarity to exact counts, percent: flow $(similarity flow.prof), block \
$(similarity block.prof), max $(similarity max.prof), sum $(similarity sum.prof)"
[ "$(similarity exact.prof)" = 100 ] || fail "exact counts differ from themselves"
[ "$(similarity flow.prof)" -ge "$(similarity max.prof)" ] || fail "flow is worse than max"
[ "$(similarity flow.prof)" -ge 75 ] || fail "flow is far off"

# --- the same input gives the same bytes: order of samples, of profiles, where it was loaded
sort -r sampled >reversed
pprof reversed app 7f1234560000 >reversed.pprof
convert out reversed.pprof && cmp out flow.prof || fail "order or load address changed the bytes"
sed -n '1~2p' sampled >odd
sed -n '2~2p' sampled >even
pprof odd app 555555550000 >odd.pprof
pprof even app 560000000000 >even.pprof
convert out odd.pprof even.pprof && cmp out flow.prof || fail "two halves are not the whole"
convert out even.pprof odd.pprof && cmp out flow.prof || fail "order of profiles"
pprof exact app 0 >exact.pprof
convert out --count=max exact.pprof
grep -v -e '^ .*[: ]0$' -e '^#' exact.prof >ran
grep -v '^#' out | cmp - ran || fail "--input=counts is a pprof and zeros"

# --- PIE or not: the same code gives the same profile
for file in ./*.c ./*/*.c; do
    # shellcheck disable=SC2086
    clang-22 $ready -fPIE -c "$file" -o "$(basename "$file" .c).o" || fail "$file"
done
clang-22 -pie -o pie ./*.o && clang-22 -no-pie -o no-pie ./*.o || fail "link"
for kind in pie no-pie; do # the same count for the same instruction of the same function
    objdump -d --no-show-raw-insn $kind | awk '
        /^[0-9a-f]+ </ { n = 0 }
        /^ +[0-9a-f]+:/ { sub(":", "", $1); n++; print $1, n * 37 % 101 }' >counts
    if [ $kind = pie ]; then pprof counts pie 555555550000; else pprof counts no-pie 0; fi \
        >$kind.pprof
    pgo-convert -o $kind.prof $kind.pprof 2>report || { cat report; fail "$kind"; }
done
grep -v '^#!pgo binary' no-pie.prof >expected
grep -v '^#!pgo binary' pie.prof | cmp - expected || fail "PIE and non-PIE differ"
grep -q '^evaluate:' pie.prof || fail "PIE: no evaluate()"

# --- a symbolized profile alone, on a machine without the binary: the same functions on top
{
    printf 'type samples count\nperiod cpu nanoseconds 10000000\n'
    printf 'binary %s/app 555555550000 sampled\nsymbolize\n' "$PWD"
} | make_pprof >symbolized.pprof
convert sum.prof --count=sum --binary=app symbolized.pprof
mkdir ../clone
cp symbolized.pprof ../clone
mv app ../gone
cd ../clone || exit 1
pgo-convert -o lines.prof symbolized.pprof 2>report || fail "by names and lines alone"
grep -q 'warning: without the binary that was profiled' report || fail "no word of the binary"
grep -q 'mapped to functions by names and lines alone' report || fail "where is the binary?"
top() { grep '^[^ #]' "$1" | head -3 | cut -d: -f1,2; }
[ "$(top lines.prof)" = "$(top ../hello/sum.prof)" ] ||
    fail "by lines: $(top lines.prof), through the binary: $(top ../hello/sum.prof)"
exit 0
