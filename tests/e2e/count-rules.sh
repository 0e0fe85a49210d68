#!/bin/sh
# --count=sum and --count=max against what LLVM's own tests of instruction-pointer profiles state.
#
# usage: count-rules.sh BIN_DIR SOURCE_DIR
#
# The tests are llvm/test/tools/llvm-profgen/iponly.test and iponly-nodupfactor.test (a line takes
# the SUM of its addresses, copies not regarded) and AArch64/basic-events-flat.test (the MAX, times
# the duplication factor). Each case has the same samples at the same kind of instruction, in a
# program of ours by two clangs, and its own reason. Then every instruction gets a count: SUM and
# MAX are worked out from llvm-symbolizer's lines, and MAX is also llvm-profgen's, of ranges of one
# instruction; no released llvm-profgen has SUM.
# Compared are the counts above 0 of lines: totals, heads and zeros are our own (docs/formats.md).
# shellcheck disable=SC2015 # "A && B || fail" is meant
set -u
bin=$(cd "$1" && pwd)
export LC_ALL=C PATH="$bin:$bin/../tests/tools:$PATH"

fail() { echo "FAILED: $*"; exit 1; }
for tool in clang-22 clang-19 llvm-symbolizer-22 llvm-objdump-22 llvm-profgen-22 readelf python3 \
    make_pprof; do
    command -v $tool >/dev/null || { echo "skipped: $tool is missing"; exit 77; }
done
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1

# Line offsets count from the line of the function's name.
cat >rules.c <<'END_C'
__attribute__((noinline)) int bar(int x, int y)
{
    if (x % 3)
        return x - y;
    return x + y;
}
__attribute__((noinline)) void scale(int *values, long count)
{
#pragma clang loop unroll_count(2) vectorize(disable)
    for (long i = 0; i < count; i++)
        values[i] = values[i] * 7 % 11;
}
int clip(int x)
{
    return x % 5 ? x * 3
                 : x / 7;
}
__attribute__((noinline)) int foo(int n)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s ^= clip(i + s);
    return s;
}
int main(int argc, char **argv)
{
    int values[100];
    for (int i = 0; i < 100; i++)
        values[i] = i + argc;
    scale(values, 100);
    return argv ? bar(values[3], values[4]) + foo(values[7]) + clip(values[9]) : 0;
}
END_C

# places: from llvm-symbolizer's JSON to "VADDR FACTOR KEY"; a KEY is like "foo 4 > clip 2 1": each
# function with its line offset and, above 0, its base discriminator.
cat >places.py <<'END_PYTHON'
import json, sys
def decode(discriminator):
    """(base, factor), as LLVM's getBaseDiscriminatorFromDiscriminator() and its like read it"""
    def component(bits):
        if bits & 1:
            return 0, bits >> 1
        bits >>= 1
        if bits & 0x20:
            return (bits & 0x1f) | (bits >> 1 & 0xfe0), bits >> 13
        return bits & 0x1f, bits >> 6
    base, rest = component(discriminator)
    factor, _ = component(rest)
    return base, factor or 1
for line in sys.stdin:
    answer = json.loads(line)
    frames = answer["Symbol"]
    if any(not frame["Line"] or not frame["StartLine"] for frame in frames):
        continue
    key = []
    for frame in reversed(frames):
        base, factor = decode(frame["Discriminator"])
        offset = (frame["Line"] - frame["StartLine"]) & 0xffff
        key.append(f"{frame['FunctionName']} {offset}" + (f".{base}" if base else ""))
    print(format(int(answer["Address"], 16), "x"), factor, " > ".join(key))
END_PYTHON

# fold.py RULE: "VADDR COUNT" of `counts` by the lines of `places`
cat >fold.py <<'END_PYTHON'
import sys
places = {vaddr: (int(factor), key) for vaddr, factor, key in
          (line.rstrip("\n").split(" ", 2) for line in open("places"))}
lines = {}
for vaddr, count in (line.split() for line in open("counts")):
    if vaddr not in places:
        continue
    factor, key = places[vaddr]
    if sys.argv[1] == "sum":
        lines[key] = lines.get(key, 0) + int(count)
    else:
        lines[key] = max(lines.get(key, 0), int(count) * factor)
for key, count in lines.items():
    print(f"{key}: {count}")
END_PYTHON

# lines PROFILE: its lines that are not 0, in the form of fold.py
lines() {
    awk '/^#/ { next }
         { match($0, /^ */); depth = RLENGTH; text = substr($0, depth + 1) }
         depth == 0 { sub(/:.*/, "", text); path[0] = text; next }
         text ~ /^[0-9.]+: [0-9]/ { split(text, word, /: | /)
             if (word[2]) print path[depth - 1] " " word[1] ": " word[2]
             next }
         { split(text, word, /: |:/); path[depth] = path[depth - 1] " " word[1] " > " word[2] }' \
        "$1" | sort
}

# at KEY FACTOR N: the Nth instruction there
at() {
    awk -v key="$1" -v factor="$2" -v n="$3" '{ place = $0; sub(/^[^ ]* [^ ]* /, "", place) }
        place == key && $2 == factor && !--n { print $1; exit }' places | grep . ||
        fail "$compiler: no instruction $3 of $1 with the factor $2" >&2
}

# sampled RULE: `counts`, half of each in another process with another load address, as a profile
sampled() {
    awk '{ print $1, int($2 / 2) }' counts | grep -v ' 0$' >first
    awk '{ print $1, $2 - int($2 / 2) }' counts >second
    {
        printf 'type samples count\nperiod cpu nanoseconds 1000000\n'
        [ ! -s first ] || echo "binary rules 555555550000 first"
        echo "binary rules 7f0000000000 second"
    } | make_pprof >sampled.pprof || fail "make_pprof"
    pgo-convert --count="$1" --binary=rules -o "$1.prof" sampled.pprof 2>report ||
        { cat report; fail "$compiler, --count=$1"; }
    lines "$1.prof" >ours
}

# states RULE WHAT LINE...: the whole profile of `counts`
states() {
    rule=$1
    what="$compiler, --count=$1: $2"
    shift 2
    sampled "$rule"
    printf '%s\n' "$@" | sort | diff - ours || fail "$what: expected (<), ours (>)"
}

each_case() {
    # iponly.test: two addresses of a line, one sample each, make 2; other lines 1 each
    { echo "$(at 'bar 2' 1 1) 1"; echo "$(at 'bar 2' 1 2) 1"
        echo "$(at 'bar 5' 1 1) 1"; echo "$(at 'foo 5' 1 1) 1"; } >counts
    states sum "addresses of a line" 'bar 2: 2' 'bar 5: 1' 'foo 5: 1'
    states max "addresses of a line" 'bar 2: 1' 'bar 5: 1' 'foo 5: 1'

    # iponly-nodupfactor.test: a sample of an instruction with two copies and one of an instruction
    # with one, at one location: 1 + 1. The larger of 1 * 2 and 1 * 1 happens to be as much.
    { echo "$(at 'scale 3.1' 2 1) 1"; echo "$(at 'scale 3.1' 1 1) 1"; } >counts
    states sum "a factor" 'scale 3.1: 2'
    states max "a factor" 'scale 3.1: 2'

    # basic-events-flat.test, "duplication": discriminator 514, three samples: 3 * 2
    echo "$(at 'scale 3.1' 2 1) 3" >counts
    states max "copies" 'scale 3.1: 6'
    states sum "copies" 'scale 3.1: 3'

    # "duplicates": 2 + 3 at one address, 7 at another of the line: the largest is 7
    { echo "$(at 'bar 2' 1 1) 2"; echo "$(at 'bar 2' 1 1) 3"; echo "$(at 'bar 2' 1 2) 7"; } >counts
    states max "largest of a line" 'bar 2: 7'
    states sum "largest of a line" 'bar 2: 12'

    # "invalid-dwarf": a function and its inlined copy are counted apart
    { echo "$(at 'clip 2' 1 1) 20"; echo "$(at 'foo 4 > clip 2' 1 1) 5"
        echo "$(at 'foo 5' 1 1) 30"; } >counts
    for rule in max sum; do
        states $rule "an inlined copy" 'clip 2: 20' 'foo 4 > clip 2: 5' 'foo 5: 30'
    done
}

# As ranges of one instruction, from the first executable segment: llvm-profgen's text form.
as_ranges() {
    base=$(readelf -lW rules | awk '$1 == "LOAD" && / R E /{ print $3; exit }')
    python3 - "$base" <<'END_PYTHON'
import sys
counts = [line.split() for line in open("counts")]
print(len(counts))
for vaddr, count in counts:
    off = int(vaddr, 16) - int(sys.argv[1], 16)
    print(f"{off:x}-{off:x}:{count}")
print(0)
END_PYTHON
}

all_instructions() {
    awk '{ print $1, NR * 37 % 101 + 2 }' places >counts
    for rule in sum max; do
        sampled $rule
        python3 fold.py $rule | sort >expected
        diff expected ours || fail "$compiler, --count=$rule: llvm-symbolizer (<), ours (>)"
    done
    as_ranges >ranges
    llvm-profgen-22 --unsymbolized-profile=ranges --binary=rules --format=text -o theirs.prof \
        >log 2>&1 || { cat log; fail "$compiler: llvm-profgen"; }
    # an offset of 65535 and the like are code of line 0, which we leave out
    lines theirs.prof | grep -v ' 65[0-9][0-9][0-9]' >theirs
    diff theirs ours || fail "$compiler, --count=max: llvm-profgen (<), ours (>)"
    echo "$compiler: $(wc -l <counts) instructions, $(wc -l <ours) lines"
}

for compiler in clang-22 clang-19; do
    $compiler -O2 -g1 -fdebug-info-for-profiling -Wl,--build-id -o rules rules.c ||
        fail "$compiler: does not compile"
    llvm-objdump-22 -d --no-show-raw-insn rules | sed -n 's/^ *\([0-9a-f]*\): .*/0x\1/p' |
        llvm-symbolizer-22 --obj=rules --inlines --output-style=JSON | python3 places.py >places
    each_case
    all_instructions
done
