#!/bin/sh
# Every instruction of a C++ program, in each form that compilers and linkers give it: our inline
# stack is llvm-symbolizer's.
#
# usage: dwarf.sh BIN_DIR SOURCE_DIR
#
# Templates, lambdas, anonymous namespaces, COMDAT; dropped, folded, split and outlined functions;
# hot and cold parts of functions, by a profile (-fsplit-machine-functions);
# ThinLTO, shared libraries; compressed and split DWARF, packages; g++; AArch64. What counts as the
# same: llvm-symbolizer takes the outermost name from the symbol table, so that it has ".cold", and
# of folded functions another one; an outermost line 0 is as good as no answer.
set -u
bin=$(cd "$1" && pwd)
source=$(cd "$2" && pwd)
export LC_ALL=C PATH="$bin:$bin/../tests/tools:$PATH"

fail() { echo "FAILED: $*"; exit 1; }
for tool in clang++-22 clang++-19 g++ ld.lld-22 ld.lld-19 ld.gold llvm-symbolizer-22 llvm-dwp-22 \
    llvm-dwp-19 llvm-objdump-22 llvm-objcopy-22 readelf nm python3 symbolize; do
    command -v $tool >/dev/null || { echo "skipped: $tool is missing"; exit 77; }
done
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
cp "$source"/tests/data/cxx/* "$source/tests/data/fixture.c" .

# compare.py OURS FOLDED: llvm-symbolizer's answers (JSON) with ours
cat >compare.py <<'END_PYTHON'
import json, re, sys
def normal(frames, is_folded):
    if not frames or (len(frames) == 1 and frames[0][1] == 0):
        return []
    outer = re.sub(r"\.cold(\.\d+)?$", "", frames[-1][0])
    return frames[:-1] + [("folded" if is_folded else outer, frames[-1][1])]
ours, theirs, folded = {}, {}, sys.argv[2].split(",")
for line in open(sys.argv[1]):
    vaddr, _, rest = line.rstrip("\n").partition(" ")
    ours[vaddr] = [(name, int(number)) for name, number in re.findall(r"(\S.*?):(\d+)(?: |$)", rest)]
for line in sys.stdin:
    answer = json.loads(line)
    frames = [(frame["FunctionName"], frame["Line"]) for frame in answer["Symbol"]]
    if not frames[-1][0] or not (frames[-1][1] or answer["Symbol"][-1]["StartLine"]):
        frames = []
    theirs[format(int(answer["Address"], 16), "x")] = frames
different = known = 0
for vaddr in ours:
    is_folded = any(f[-1][0] in folded for f in (ours[vaddr], theirs[vaddr]) if f)
    pair = normal(theirs[vaddr], is_folded), normal(ours[vaddr], is_folded)
    known += bool(pair[1])
    if pair[0] != pair[1]:
        different += 1
        print(f"{vaddr}: llvm-symbolizer {pair[0]}, ours {pair[1]}")
print(f"{len(ours)} addresses, {known} in known functions")
sys.exit(different > 0 or known < 20)
END_PYTHON

# compare WHAT [FOLDED]: the program `app`
compare() {
    llvm-objdump-22 -d app | sed -n 's/^ *\([0-9a-f]*\):.*/\1/p' | sort -u >addresses
    symbolize app <addresses >ours || fail "$1: symbolize"
    sed 's/^/0x/' addresses | llvm-symbolizer-22 --obj=app --inlines --functions=linkage \
        --no-demangle --output-style=JSON | python3 compare.py ours "${2:-}" >difference ||
        { head -20 difference; fail "$1"; }
    echo "$1: $(tail -1 difference)"
}

# build COMPILER FLAG...
build() {
    what=$*
    "$@" -O2 one.cc two.cc -o app 2>log || { cat log; fail "$what: does not build"; }
}

check() { build "$@" && compare "$*"; }

# Functions whose code is the same, in this program.
folded=_Z13same_code_onei,_Z13same_code_twoi

# A profile in which each function has cold blocks: clang moves them into .text.split.NAME.
cat >split.prof <<'END'
_Z10other_uniti:1000:100
 2: 100
 5: 1000
 6: 1000
 7: 1000
 9: 100
_Z7guardedi:300:100
 1: 100
 2: 0
 3: 0
 5: 100
END

# start NAME: its symbol's address in `app`
start() { nm app | sed -n "s/^0*\([0-9a-f]*\) [tT] $1\$/\1/p"; }

# check_split: `app` has cold parts; what runs there counts for the function, and does not enter it
check_split() {
    compare "$what"
    cold=$(start _Z7guardedi.cold)
    [ -n "$cold" ] || { nm app; fail "$what: guarded() has no cold part"; }
    grep -q "^$cold .*_Z7guardedi:" ours || fail "$what: the cold part is not guarded()'s"
    printf '%s 7\n%s 5\n' "$(start _Z7guardedi)" "$cold" >counts
    pgo-convert --input=counts --binary=app -o converted counts 2>log || { cat log; fail "$what"; }
    grep -Eq '^_Z7guardedi:[0-9]+:7$' converted || { cat converted; fail "$what: head of 7"; }
    grep -Eq '^ [23](\.[0-9]+)?: 5$' converted || { cat converted; fail "$what: lines of 5"; }
    ! grep -q '^[^#].*cold' converted || { cat converted; fail "$what: a cold name"; }
}

# each_form CLANG LLD DWP FLAG...
each_form() {
    clang=$1 lld=--ld-path=$2 dwp=$3
    shift 3
    check "$clang" "$@"
    check "$clang" "$@" -fno-pie -no-pie -ffunction-sections -Wl,--gc-sections
    check "$clang" "$@" "$lld" -ffunction-sections -Wl,--gc-sections
    grep -q _Z6unusedi ours && fail "$what: a function that was dropped is there"
    build "$clang" "$@" "$lld" -ffunction-sections -Wl,--icf=all
    compare "$what" $folded
    check "$clang" "$@" -mllvm -hot-cold-split=true
    for link in -fuse-ld=bfd "$lld"; do
        build "$clang" "$@" "$link" -fprofile-sample-use=split.prof -fsplit-machine-functions
        check_split
    done
    check "$clang" "$@" "$lld" -flto=thin
    check "$clang" "$@" -fPIC -shared
    check "$clang" "$@" -gz=zlib

    # split units: where they were built, then only in a package; and the skeletons alone
    for inlining in -fno-split-dwarf-inlining -fsplit-dwarf-inlining; do
        rm -f ./*.dwo ./*.dwp
        build "$clang" "$@" -g2 -gsplit-dwarf $inlining
        compare "$what"
        $dwp -e app -o app.dwp || fail "$what: $dwp"
        mkdir -p away
        mv ./*.dwo away
        compare "$what, package"
        rm app.dwp
        symbolize app <addresses >alone || fail "$what: without its split units"
    done
    # -fsplit-dwarf-inlining: the skeleton has the functions that inline something
    grep -q ':.* .*:' alone || fail "$what: the skeleton's inlined calls"
}

each_form clang++-22 ld.lld-22 llvm-dwp-22 -g1 -fdebug-info-for-profiling -gdwarf-5
each_form clang++-19 ld.lld-19 llvm-dwp-19 -g1 -fdebug-info-for-profiling -gdwarf-4
check clang++-22 -g -gdwarf-4
check clang++-22 -g -gdwarf-5 -gdwarf64
rm -f ./*.dwo
build clang++-22 -g2 -gdwarf-4 -gsplit-dwarf
compare "$what"
build clang++-22 -g1 -fdebug-info-for-profiling -ffunction-sections -fuse-ld=gold -Wl,--icf=all
compare "$what" $folded
check g++ -g -gdwarf-5
# GCC's discriminators are plain numbers: ours are LLVM's code for them, which is twice as much
symbolize -d app <addresses >ours
sed 's/^/0x/' addresses | llvm-symbolizer-22 --obj=app --output-style=JSON | python3 -c '
import json, re, sys
ours = {line.split()[0]: re.search(r":\d+\.(\d+)", line) for line in open("ours")}
seen = 0
for line in sys.stdin:
    answer = json.loads(line)
    match = ours[format(int(answer["Address"], 16), "x")]
    theirs = answer["Symbol"][0]["Discriminator"]
    if match and int(match.group(1)) != theirs << 1:
        sys.exit(f"{line}: ours {match.group(1)}")
    seen += bool(match) and theirs > 0
print(seen, "discriminators of GCC")
sys.exit(seen == 0)' || fail "g++: discriminators"
check g++ -g -gdwarf-4 -ffunction-sections -Wl,--gc-sections
for version in 4 5; do
    what="clang-22 AArch64, DWARF $version"
    clang-22 --target=aarch64-linux-gnu -O2 -g1 -fdebug-info-for-profiling -gdwarf-$version -c \
        fixture.c || fail "$what: does not compile"
    ld.lld-22 -e start fixture.o -o app || fail "$what: does not link"
    compare "$what"
done

# Compressed by zstd, which libelf may not know: one file, split units, a package.
check clang++-22 -g1 -fdebug-info-for-profiling -gz=zstd --ld-path=ld.lld-22
readelf -t app | grep -q ZSTD || fail "$what: nothing is compressed"
rm -f ./*.dwo ./*.dwp
build clang++-22 -g2 -gsplit-dwarf -gz=zstd --ld-path=ld.lld-22
for unit in ./*.dwo; do
    llvm-objcopy-22 --compress-debug-sections=zstd "$unit" || fail "$what: llvm-objcopy-22"
done
compare "$what"
llvm-dwp-22 -e app -o app.dwp 2>log || { cat log; fail "$what: llvm-dwp-22"; }
llvm-objcopy-22 --compress-debug-sections=zstd app.dwp || fail "$what: llvm-objcopy-22"
mkdir -p away
mv ./*.dwo away
compare "$what, package"
