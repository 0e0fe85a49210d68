#!/bin/sh
# Static functions of one name in several files: each file is compiled with the record of its own,
# and one that was not sampled with none; from a recording, through the text, a refresh and back.
#
# usage: slices-static.sh BIN_DIR SOURCE_DIR
# shellcheck disable=SC2016 # make reads the $
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need make clang-22 valgrind python3 readelf pgo-convert
export CCACHE_DISABLE=1

# part NAME TIMES LOW: a file whose static function scan() spends its time where x is below LOW
part() {
    cat >"$1.c" <<END
unsigned $1(unsigned x);
static __attribute__((noinline)) unsigned scan(unsigned x)
{
    if (x % 100 < $3)
        x = x * 5 + 1;
    else
        x = x / 3 + 7;
    return x;
}
unsigned $1(unsigned x)
{
    int times = $2;

    for (int i = 0; i < times; i++)
        x = scan(x + (unsigned)i * 37);
    return x;
}
END
}

mkdir p && cd p || exit 1
part one 90 99
part two 50 1
part idle '(x > 4000000 ? 60 : 0)' 50
cat >main.c <<'END'
#include <stdio.h>
unsigned one(unsigned x), two(unsigned x), idle(unsigned x);
int main(void)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < 2000; i++)
        sum += one(i) + two(i) + idle(i);
    printf("%u\n", sum);
    return 0;
}
END
printf 'CFLAGS = -O2\napp: main.o one.o two.o idle.o\n\t$(CC) -o $@ $^\n' >Makefile

build -pgo=off make || fail "-pgo=off"
"$source/bench/exact-counts" counts ./app >out 2>&1 || fail "exact-counts"
pgo-convert --input=counts --binary=app -o default.pgo counts >out 2>&1 || fail "pgo-convert"
grep -q '^#!pgo static one.c$' default.pgo || fail "the owner is not noted"
[ "$(grep -c '^scan:' default.pgo)" = 1 ] || fail "the flat profile has more than one"
grep -q '^#!pgo| scan:' default.pgo || fail "the other one is lost"
pgo-convert --input=counts --binary=app --refresh=default.pgo -o again.pgo counts >out 2>&1 ||
    fail "--refresh"
sed -n '/^#!pgo static/,$p' again.pgo | grep -v -e refresh -e summary >x
sed -n '/^#!pgo static/,$p' default.pgo | cmp -s - x || fail "a refresh changes what stays"

pgo-build verify make >verified 2>out || fail "verify: $(cat verified)"
grep -q ' 0 different, [1-9] apart' verified || fail "verify: $(cat verified)"
grep -q '^apart: one.o' verified && fail "one.o has the record of the flat profile"
grep -q '^apart: two.o' verified || fail "two.o: not its own record"
grep -q '^apart: idle.o' verified || fail "idle.o: the record of another file"
slice() {
    index=$(echo "$PGO_BUILD_CACHE"/projects/*/slices/*)
    # shellcheck disable=SC2086 # several files
    sed -n "s/^$1\t\([^\t]*\).*/\1/p" $index | head -n 1
}
for file in one two; do
    llvm-profdata-22 merge --sample --text "$(slice $file.c)" -o $file.slice || fail "$file: slice"
    grep -q '^scan:' $file.slice || fail "$file: no record"
done
cmp -s one.slice two.slice && fail "both have the same record"
llvm-profdata-22 merge --sample --text "$(slice idle.c)" -o idle.slice || fail "idle: slice"
grep -q '^scan:' idle.slice && fail "idle: a record of another file's function"

# --- nothing is found to have moved, and nothing compiled twice, for having one of that name
[ ! -e "$(echo "$PGO_BUILD_CACHE"/projects/*/moved)" ] || fail "moved: $(cat "$PGO_BUILD_CACHE"/projects/*/moved)"
build make || fail "again"
said 'up to date'
exit 0
