#!/bin/sh
# Damage, a full disk, and ends in the middle: the build is right or says why not, and what is left
# behind is never used.
#
# A compile is held in the middle by a header that is a pipe: clang waits for its end.
# shellcheck disable=SC2015,SC2016 # "A && B || fail" is meant; make reads the $
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need make clang-19 llvm-profdata-19 readelf setsid pgrep ps

# right MESSAGE: a build here ends well, has the profile, and its objects are those of a clean one
right() {
    build make CC=clang-19 || fail "$1: the next build"
    mkdir kept && mv ./*.o kept
    CCACHE_DISABLE=1 PGO_BUILD_CACHE="$scratch/clean" build make CC=clang-19 || fail "$1: clean"
    for object in *.o; do cmp "$object" "kept/$object" || fail "$1: $object is not a clean one"; done
    has_profile hot.o || fail "$1: no profile"
    mv kept/*.o . && rmdir kept
}

write_project p
cd p || exit 1
mkdir .git
build make CC=clang-19 || fail "make"

# --- a damaged default.pgo: 125 before the first compile, whatever is damaged
cp default.pgo good.pgo
llvm-profdata-19 merge --sample --extbinary good.pgo -o binary.pgo || fail 'llvm-profdata'
damaged() { # MESSAGE
    touch -d '2020-01-01' before && touch -r before ./*.o
    build make -B CC=clang-19
    [ $? = 125 ] || fail "$1: $(cat out)"
    said '^pgo-build: .*default.pgo:'
    said '^hint: '
    [ -z "$(find . -name '*.o' -newer before)" ] || fail "$1: compiled before it was looked at"
}
printf 'hot:100000:1\n 2: x\n' >default.pgo && damaged "a word for a number"
printf 'hot:100000:1\n 99999999999: 1\n' >default.pgo && damaged "a number too large"
printf 'hot:100000:1\n  deeper: than\n' >default.pgo && damaged "a broken tree"
head -n 20 "$source/pgo-convert/default.pgo" >default.pgo && damaged "cut short"
head -c 300 "$bin/pgo-build" >default.pgo && damaged "a program"
printf '\037\213\010\0\0\0\0\0' >default.pgo && damaged "an empty gzip"
size=$(wc -c <binary.pgo)
for part in 12 $((size / 4)) $((size / 2)); do
    head -c $part binary.pgo >default.pgo && damaged "a binary profile of $part bytes"
done
ln -sf nowhere default.pgo && damaged "a link to nowhere"
rm default.pgo && mv good.pgo default.pgo
right "after damage"
[ -z "$(find "$PGO_BUILD_CACHE" -name '*.??????' -newer before -name 'profile.*')" ] ||
    fail "what a damaged profile was made into stays in the cache"

# --- ends in the middle
sed -i '1i#include "gate.h"' hot.c
mkfifo gate.h
hold() { # [OPTION]: starts the build in a session of its own, and waits until clang waits
    rm -f ./*.o out
    CCACHE_DISABLE=1 setsid --wait env --default-signal=INT,QUIT \
        sh -c 'echo $$ >group; exec pgo-build "$@" make CC=clang-19' hold "$@" >out 2>&1 &
    waiter=$!
    compiler=
    until [ "$compiler" ]; do
        sleep 0.05
        compiler=$(pgrep -g "$(cat group 2>/dev/null)" -f 'hot[.]c .*-fdebug-info-for-profiling' 2>/dev/null | head -1)
    done
}
let_go() { # the gate opens from now on
    rm gate.h && echo 'int rare(int x);' >gate.h
}

hold
kill -s INT -- "-$(cat group)"
wait $waiter
code=$?
[ $code = 130 ] || [ $code = 2 ] || fail "Ctrl-C: exit code $code"
[ -f hot.o ] && fail "Ctrl-C: the object is there"
let_go
right "after Ctrl-C"

rm gate.h && mkfifo gate.h
hold
kill -KILL "$(pgrep -g "$(cat group)" -x pgo-build)"
wait $waiter
[ $? = 137 ] || fail "pgo-build was not killed"
echo 'int rare(int x);' >gate.h # make and its compilers go on without it
while pgrep -g "$(cat group)" >/dev/null; do sleep 0.05; done
let_go
touch ./*.c
right "after pgo-build was killed"

rm -rf "$PGO_BUILD_CACHE" gate.h && mkfifo gate.h # nothing is known of the objects
hold -pgo=off # with a profile clang would talk, find nobody to listen, and end
launcher=$(ps -o ppid= -p "$compiler" | tr -d ' ')
kill -KILL "$launcher"
wait $waiter
[ $? = 2 ] || fail "make did not see the end of its compiler"
echo 'int rare(int x);' >gate.h # clang goes on, and writes the object after make has ended
while pgrep -g "$(cat group)" >/dev/null; do sleep 0.05; done
let_go
[ -f hot.o ] || fail "the object of the launcher that was killed is not what this test is about"
touch -d '2001-01-01' ./*.c gate.h
right "after a launcher was killed"

# --- several at once: checkouts that share a new cache, and two in one tree
rm -rf "$PGO_BUILD_CACHE" && rm -f ./*.o && cp default.pgo ../default.kept
for number in 1 2 3 4; do
    cp -r "$scratch/p" "$scratch/checkout-$number"
    (cd "$scratch/checkout-$number" && pgo-build make -s CC=clang-19 >../out-$number 2>&1) &
    eval "started_$number=$!"
done
for number in 1 2 3 4; do
    eval "wait \$started_$number" || fail "checkout $number: $(cat ../out-$number)"
    cmp ../checkout-1/hot.o ../checkout-$number/hot.o || fail "checkout $number is another"
done
has_profile ../checkout-1/hot.o || fail "several checkouts at once"
pgo-build make -s CC=clang-19 >../out-1 2>&1 &
started_1=$!
pgo-build make -s CC=clang-19 >../out-2 2>&1 || fail "two in one tree: $(cat ../out-2)"
wait $started_1 || fail "two in one tree: $(cat ../out-1)"
right "after two in one tree"

# --- pgo-build killed while it starts, at one moment or another
for moment in 0 1 2 3 4 5 6 7 8 9; do
    write_profile $((7000 + moment)) default.pgo
    rm -rf "$PGO_BUILD_CACHE"
    pgo-build make CC=clang-19 >out 2>&1 &
    started=$!
    sleep 0.0$moment
    kill -KILL $started
    wait $started
done
while pgrep -f "$PGO_BUILD_CACHE" >/dev/null; do sleep 0.05; done # orphaned makes
touch ./*.c
right "after ten kills"
exit 0
