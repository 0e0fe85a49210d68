#!/bin/sh
# Jump tables and calls that never return: what our blocks say is what the compiler's assembly says.
#
# usage: blocks.sh BIN_DIR SOURCE_DIR
#
# Two compilers, x86-64 with and without PIE, AArch64; calls through the procedure linkage table,
# through its slots (-fno-plt), and to symbols.
set -u
bin=$(cd "$1" && pwd)
source=$(cd "$2" && pwd)
export LC_ALL=C PATH="$bin/../tests/tools:$PATH"

fail() { echo "FAILED: $*"; exit 1; }
for tool in clang-22 clang-19 ld.lld-22 python3 list_blocks; do
    command -v $tool >/dev/null || { echo "skipped: $tool is missing"; exit 77; }
done
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
cp "$source/tests/data/switches.c" .
echo 'int first(int x); int second(int x);
int first(int x) { return x + 1; } int second(int x) { return x * 3; }' >callees.c
echo '_Noreturn void abort(void); _Noreturn void exit(int c); void abort(void) { for (;;) ; }
void exit(int c) { (void)c; for (;;) ; }' >ends.c

# goto *p[i], through a table of addresses: in a position-independent image the loader fills it
cat >threaded.c <<'END_C'
int first(int x);
int threaded(const unsigned char *code, int x);
int threaded(const unsigned char *code, int x)
{
    static const void *const labels[] = {&&add, &&shift, &&call, &&negate, &&end};

    goto *labels[*code++];
add:
    x += *code;
    goto *labels[*code++];
shift:
    x <<= 3;
    goto *labels[*code++];
call:
    x = first(x);
    goto *labels[*code++];
negate:
    x = -x;
    goto *labels[*code++];
end:
    return x;
}
END_C

# "FUNCTION CASES": the distinct labels of each jump table, added up by function
cat >tables.py <<'END_PYTHON'
import re, sys
function, owners, tables, table = None, {}, {}, None
for line in open(sys.argv[1]):
    if match := re.match(r"(\w+):\s*(#|//) @", line):
        function = match.group(1)
    elif match := re.match(r"\.L(?:BB|func_begin)(\d+)", line):
        owners[match.group(1)] = function
    if match := re.match(r"\.LJTI(\d+)_\d+:", line):
        table = (match.group(1), len(tables))
        tables[table] = set()
    elif match := re.match(r"\s*\.(?:long|quad|xword|word|hword|byte)\s+\(?(\.LBB\d+_\d+)", line):
        if table:
            tables[table].add(match.group(1))
    else:
        table = None
totals = {}
for (number, _), labels in tables.items():
    totals[owners[number]] = totals.get(owners[number], 0) + len(labels)
for name, total in sorted(totals.items()):
    print(name, total)
END_PYTHON

# check WHAT COMPILER LINK_FLAGS COMPILE_FLAGS...: tables as in the assembly, no orphan, no unknown
# jump, and the calls for good of the source
check() {
    what=$1 compiler=$2 link=$3
    shift 3
    $compiler -O2 "$@" -S switches.c -o switches.s || fail "$what: does not compile"
    $compiler -O2 "$@" -c switches.c callees.c ends.c threaded.c || fail "$what: does not compile"
    ends=
    case $what in *static*) ends=ends.o ;; esac
    # shellcheck disable=SC2086 # the flags are words
    $link switches.o callees.o threaded.o $ends -o app || fail "$what: does not link"
    python3 tables.py switches.s >expected
    [ -s expected ] || fail "$what: the compiler made no jump table"
    list_blocks app >found || fail "$what: list_blocks"
    awk '$3 && $1 != "threaded" {print $1, $3}' found | sort | diff expected - ||
        fail "$what: the assembly (<) and ours (>) differ"
    grep -q '^threaded [0-9]* [1-9][0-9]* 0 0' found || { cat found; fail "$what: goto *p[i]"; }
    awk '/^(dense|in_a_loop|large|gives_up) / {functions++; bad += $4 + $5; calls += $6}
        END {exit functions != 4 || bad || calls != 4}' found || { cat found; fail "$what"; }
}

for compiler in clang-22 clang-19; do
    check "$compiler -fPIE" "$compiler" "$compiler -shared" -fPIE
    check "$compiler -fPIC -fno-plt" "$compiler" "$compiler -shared" -fPIC -fno-plt
    check "$compiler -fcf-protection" "$compiler" "$compiler -shared -Wl,-z,ibtplt" -fPIC \
        -fcf-protection
    check "$compiler -fno-pie, static" "$compiler" "$compiler -nostdlib -static -Wl,-e,dense" \
        -fno-pie
    check "$compiler AArch64" "$compiler" "ld.lld-22 -shared" --target=aarch64-linux-gnu -fPIC
    check "$compiler AArch64, bti" "$compiler" "ld.lld-22 -shared -z force-bti" \
        --target=aarch64-linux-gnu -fPIC -mbranch-protection=standard
    check "$compiler AArch64, static" "$compiler" "ld.lld-22 -e dense" --target=aarch64-linux-gnu
done
echo "all agree"
