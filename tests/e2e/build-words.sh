#!/bin/sh
# The closing line: without a profile, with nothing to do, and where advice would be of no use.
# shellcheck disable=SC2015,SC2016 # "A && B || fail" is meant; make reads the $
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need make clang-19 gcc

write_project p
cd p || exit 1
rm default.pgo

# a newcomer's tree: built plainly, without a profile, up to date
make -s CC=clang-19 || fail "plain make"
build make || fail "make on plain objects"
said 'no default.pgo was found: no file was compiled; 3 objects here were built without '
said ' built without pgo-build; run: pgo-build make -B$'
build make -B || fail "make -B"
said 'no default.pgo was found: 3 files compiled by clang-[0-9]* without a profile, ready to be'
build make || fail "up to date without a profile"
said 'up to date, ready to be profiled by line; next: pgo-collect record -o default.pgo -- PROGRAM$'
build -pgo=off make || fail "-pgo=off, up to date"
said '-pgo=off: up to date, ready to be profiled by line$'
build -probes=on make -B && build -probes=on make || fail "-probes=on"
said 'ready to be profiled by probe; next: '
build make clean || fail "make clean"
[ "$(grep -c pgo-build: out)" = 0 ] || fail "advice after make clean"

# from below, where the folder has another name for make
write_profile 5000 default.pgo
mkdir .git sub && cd sub || exit 1
for folder in '-C ..' '-C..' '--directory=..' '--directory ..'; do
    # shellcheck disable=SC2086 # two words
    build make -B $folder || fail "make -B $folder"
    said '3 files compiled by clang-[0-9]* with .*default.pgo by line (99.9% of its samples found'
    # shellcheck disable=SC2086
    build make $folder || fail "make $folder"
    said 'up to date with .*default.pgo'
done
build sh -c 'cd .. && make -B' || fail "a command that changes its folder"
said '3 files compiled by clang-[0-9]* with .*default.pgo by line (99.9% of its samples found'
cd ..

# advice that was followed already is not given again
sed -i '1iCC = gcc' Makefile
build make -B || fail "CC = gcc"
said '3 of 3 compiles used gcc and got no profile; try: pgo-build make -B CC=clang$'
sed -i '1ioverride CC = gcc' Makefile
build make -B CC=clang || fail "override CC = gcc"
said '3 of 3 compiles used gcc and got no profile, whatever the command line says: the makefile '
build make -B CC=gcc || fail "CC=gcc"
said 'try: pgo-build make -B CC=clang$'
cd ..

# the project's profiles are other programs'
mkdir -p many/.git
for program in many/one many/two many/three; do
    write_project "$program"
done
rm many/three/default.pgo
cd many/three || exit 1
build make || fail "a program without a profile beside two with"
said 'no default.pgo is for these files: 3 files compiled by clang-[0-9]* without a profile, ready to '
build make || fail "the same, up to date"
said 'no default.pgo is for these files: up to date, ready to be profiled by line; next: '
cd .. && build make -C one || fail "its neighbour"
said '3 files compiled by clang-[0-9]* with one/default.pgo'
exit 0
