#!/bin/sh
# Every instruction of examples/hello-pgo: line and discriminator of each frame are llvm-symbolizer's.
#
# usage: lines.sh BIN_DIR SOURCE_DIR
#
# What symbolizer.sh does for functions and lines of clang, this does for what line tables can look
# like: pseudo-probes (discriminators of 32 bits), code that the linker drops, folds or reorders,
# link-time optimization, 64-bit DWARF, compressed sections, older versions, gcc, AArch64. Functions
# are not compared: where DWARF and the symbol table differ, llvm-symbolizer takes the latter.
set -u
bin=$(cd "$1" && pwd)
source=$(cd "$2" && pwd)
export LC_ALL=C PATH="$bin:$bin/../tests/tools:$PATH"

fail() { echo "FAILED: $*"; exit 1; }
for tool in clang-22 clang-19 clang-14 gcc ld.lld-22 ld.lld-14 llvm-symbolizer-22 llvm-objdump-22 \
    python3 symbolize; do
    command -v $tool >/dev/null || { echo "skipped: $tool is missing"; exit 77; }
done
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cp -r "$source/examples/hello-pgo" "$scratch/hello"
cp "$source/tests/data/fixture.c" "$scratch"
cd "$scratch/hello" || exit 1

# Nobody calls these two: the linker may fold them, or drop them.
cat >dropped.c <<'END'
int dropped(int x);
int dropped(int x)
{
    return x * 3 + 1;
}
END
sed 's/dropped/twin/; s/^{/\n{/' dropped.c >twin.c

# Reads what llvm-symbolizer says (JSON) in our form, without functions: "VADDR LINE.DISCRIMINATOR
# ...". No line at all, or no function, counts as no answer.
cat >../llvm.py <<'END_PYTHON'
import json, sys
for line in sys.stdin:
    answer = json.loads(line)
    frames = answer["Symbol"]
    outer = frames[-1]
    if not outer["FunctionName"] or not (outer["Line"] or outer["StartLine"]):
        frames = []
    print(" ".join([format(int(answer["Address"], 16), "x")] +
                   [f"{frame['Line']}.{frame['Discriminator']}" for frame in frames]))
END_PYTHON

# ours BINARY: in the same form
ours() { symbolize -d "$1" <../addresses | sed 's/ [^ ]*:/ /g'; }

# compare BINARY
compare() {
    llvm-objdump-22 -d --no-show-raw-insn "$1" | sed -n 's/^ *\([0-9a-f]*\): .*/\1/p' |
        sort -u >../addresses
    ours "$1" >../ours
    sed 's/^/0x/' ../addresses | llvm-symbolizer-22 --obj="$1" --inlines --output-style=JSON |
        python3 ../llvm.py >../theirs
    case $what in # gcc's discriminators are plain numbers; ours come out as LLVM would write them
    gcc*) sed -i 's/\.[0-9]*//g' ../ours ../theirs ;;
    esac
    diff ../theirs ../ours >../difference ||
        { head -20 ../difference; fail "$what: llvm-symbolizer (<) and ours (>) differ"; }
    count=$(grep -c ' ' ../ours)
    [ "$count" -gt 50 ] || fail "$what: lines of $count addresses only"
    echo "$what: $count addresses with a line"
}

# check COMPILER FLAG...
check() {
    what=$*
    "$@" -O2 -g1 -I. -o ../app ./*.c ./*/*.c || fail "$what: does not compile"
    compare ../app
    case $what in
    *-fpseudo-probe*) grep -q '\.[0-9]\{8,\}' ../ours || fail "$what: no probe of a call" ;;
    esac
}

profiling=-fdebug-info-for-profiling
probes=-fpseudo-probe-for-profiling
sections='-ffunction-sections -Wl,--gc-sections'
for version in 4 5; do
    check clang-22 $profiling -gdwarf-$version $probes
    check clang-19 $profiling -gdwarf-$version $probes
    check clang-14 $profiling -gdwarf-$version
    # shellcheck disable=SC2086 # the flags are words
    check clang-22 $profiling -gdwarf-$version $sections
    # shellcheck disable=SC2086
    check clang-14 $profiling -gdwarf-$version $probes $sections -fuse-ld=lld
    # shellcheck disable=SC2086
    check gcc -gdwarf-$version $sections
done
# shellcheck disable=SC2086
check clang-22 $profiling -gdwarf-5 $sections -fuse-ld=lld
check clang-22 $profiling -gdwarf-5 -ffunction-sections -fuse-ld=lld -Wl,--icf=all
check clang-22 $profiling -gdwarf-5 $probes -flto -fuse-ld=lld
check clang-22 $profiling -gdwarf-4 -flto=thin -fuse-ld=lld
check clang-22 $profiling -gdwarf-5 -fbasic-block-sections=all
check clang-22 $profiling -gdwarf-5 -gdwarf64 -gz
check gcc -gdwarf-5 -flto
check gcc -gdwarf-3
check gcc -gdwarf-2

# .zdebug_line, which llvm-symbolizer does not read any more
ours ../app >../plain
gcc -gdwarf-2 -gz=zlib-gnu -O2 -g1 -I. -o ../app ./*.c ./*/*.c || fail "-gz=zlib-gnu"
ours ../app | cmp - ../plain || fail "-gz=zlib-gnu: other lines than without"

what=AArch64
clang-22 --target=aarch64-linux-gnu -O2 -g1 $profiling $probes -nostdlib -fuse-ld=lld -Wl,-e,start \
    -o ../app ../fixture.c || fail "$what: does not compile"
compare ../app
