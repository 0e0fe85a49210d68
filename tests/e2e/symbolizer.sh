#!/bin/sh
# Every instruction of examples/hello-pgo: our inline stack is llvm-symbolizer's, and eu-addr2line's.
#
# usage: symbolizer.sh BIN_DIR SOURCE_DIR
#
# Two compilers, PIE and not, DWARF 4 and 5. Two kinds of answers of llvm count as none, which is
# what we must say there: a name without any line (start-up code of the C library: it comes from the
# symbol table), and a line without a function (padding between functions). eu-addr2line is asked
# about the innermost frame, where we know a line.
set -u
bin=$(cd "$1" && pwd)
source=$(cd "$2" && pwd)
export LC_ALL=C PATH="$bin:$bin/../tests/tools:$PATH"

fail() { echo "FAILED: $*"; exit 1; }
for tool in clang-22 clang-19 llvm-symbolizer-22 eu-addr2line python3 objdump symbolize; do
    command -v $tool >/dev/null || { echo "skipped: $tool is missing"; exit 77; }
done
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cp -r "$source/examples/hello-pgo" "$scratch/hello"
cd "$scratch/hello" || exit 1

# Reads what llvm-symbolizer says (JSON) in our form: "VADDR FUNCTION:LINE ..."
cat >../llvm.py <<'END_PYTHON'
import json, sys
for line in sys.stdin:
    answer = json.loads(line)
    frames = answer["Symbol"]
    outer = frames[-1]
    if not outer["FunctionName"] or not (outer["Line"] or outer["StartLine"]):
        frames = []
    print(" ".join([format(int(answer["Address"], 16), "x")] +
                   [f"{frame['FunctionName']}:{frame['Line']}" for frame in frames]))
END_PYTHON

# eu-addr2line -i -f: a function, then its file:line:column, for each frame; only the lines count
cat >../elfutils.py <<'END_PYTHON'
import re, sys
wanted = [line.split() for line in open(sys.argv[1])]
blocks, address = {}, None
lines = [line.rstrip("\n") for line in sys.stdin]
for i, line in enumerate(lines):
    if re.fullmatch("0x[0-9a-f]{16}", line):
        address = format(int(line, 16), "x")
        blocks[address] = []
    elif i + 1 < len(lines) and re.search(r":\d+(:\d+)?$", lines[i + 1]):
        name = line.split(" inlined at ")[0]
        blocks[address].append((name, int(re.search(r":(\d+)(:\d+)?$", lines[i + 1]).group(1))))
compared = different = 0
for vaddr, *frames in wanted:
    theirs = [f"{name}:{line}" for name, line in blocks[vaddr]]
    if not frames or any(frame.endswith(":0") for frame in frames):
        continue
    compared += 1
    if frames[0] != theirs[0]:
        different += 1
        print(f"{vaddr}: ours {frames}, eu-addr2line {theirs}")
print(f"{compared} compared with eu-addr2line, {different} differ")
sys.exit(different > 0 or compared == 0)
END_PYTHON

for compiler in clang-22 clang-19; do
    for flags in '-fPIE -pie -gdwarf-5' '-fno-pie -no-pie -gdwarf-4' '-fPIE -pie -gdwarf-4' \
        '-fno-pie -no-pie -gdwarf-5'; do
        what="$compiler $flags"
        # shellcheck disable=SC2086 # the flags are words
        $compiler -O2 -g1 -fdebug-info-for-profiling $flags -I. -o app ./*.c ./*/*.c ||
            fail "$what: does not compile"
        objdump -d app | sed -n 's/^ *\([0-9a-f]*\):\t.*/\1/p' | sort -u >addresses
        symbolize app <addresses >ours || fail "$what: symbolize"
        sed 's/^/0x/' addresses | llvm-symbolizer-22 --obj=app --inlines --functions=linkage \
            --output-style=JSON | python3 ../llvm.py >theirs
        diff theirs ours >difference ||
            { head -20 difference; fail "$what: llvm-symbolizer (<) and ours (>) differ"; }
        grep -q ':.* .*:.* .*:' ours || fail "$what: nothing was inlined twice"
        grep -c ':' ours | sed "s|^|$what: addresses with a function: |"
    done
done

# eu-addr2line finds a unit by .debug_aranges alone, which clang writes only when asked
clang-22 -O2 -g1 -fdebug-info-for-profiling -gdwarf-5 -gdwarf-aranges -I. -o app ./*.c ./*/*.c ||
    fail "-gdwarf-aranges: does not compile"
objdump -d app | sed -n 's/^ *\([0-9a-f]*\):\t.*/\1/p' | sort -u >addresses
symbolize app <addresses >ours || fail "symbolize"
sed 's/^/0x/' addresses | eu-addr2line -e app -a -f -i | python3 ../elfutils.py ours >difference ||
    { head -20 difference; fail "eu-addr2line"; }
cat difference
