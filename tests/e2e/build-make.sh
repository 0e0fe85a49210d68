#!/bin/sh
# make and plain compilers: who gets the profile, and when what is built again.
# shellcheck disable=SC2015,SC2016 # "A && B || fail" is meant; make reads the $
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need make clang-19 gcc readelf

write_project p
cd p || exit 1

# CC unset: make's cc is the chosen clang; -report tells the same as the object
build -report=report.json make || fail "make"
has_profile hot.o || fail "hot.o was built without the profile"
has_profile main.o && fail "main.o has a hot section, so the test proves nothing"
said '3 files compiled by clang-[0-9]* with default.pgo by line (99.9% of its samples found'
grep -q '"with_profile": 3' report.json || fail "the report does not count 3 files"
readelf -n app | grep -q 'Build ID' || fail "no build id"
readelf --debug-dump=decodedline hot.o 2>/dev/null | grep -q 'hot.c' || fail "no line table"
[ "$(./app)" = "$(gcc -O0 main.c hot.c cold.c -o plain && ./plain)" ] || fail "wrong result"
rm plain

# nothing to do; a source edit rebuilds its object alone
build make || fail "second make"
said 'up to date with default.pgo'
touch -d '2001-01-01' main.c cold.c && touch hot.c
build make || fail "make after touch"
said '1 file compiled'
grep -q 'main.c' out && fail "main.c was compiled again"

# another profile, none, off, and back: each builds what changed, and only once
write_profile 6000 default.pgo
build make || fail "make with a changed profile"
said '3 files compiled'
build make || fail "make"
said 'up to date'
build -pgo=off make || fail "-pgo=off"
said 'pgo=off: 3 files compiled by clang-[0-9]* without a profile, ready to be profiled'
has_profile hot.o && fail "-pgo=off left the profile in"
build make || fail "back from -pgo=off"
said '3 files compiled by clang-[0-9]* with'
has_profile hot.o || fail "the profile did not come back"
rm default.pgo
build make || fail "make without default.pgo"
said 'no default.pgo was found: 3 files compiled'
has_profile hot.o && fail "the removed profile is still in"
build make || fail "make"
grep -q compiled out && fail "built without need"
write_profile 5000 default.pgo
build make || fail "make with default.pgo dropped in"
has_profile hot.o || fail "a dropped default.pgo did not rebuild"

# sources of the oldest time that an archive holds
touch -d '1980-01-01 00:00:00 UTC' ./*.c && build make -B || fail "make -B"
write_profile 6000 default.pgo
build make || fail "make with old sources"
said '3 files compiled'
write_profile 5000 default.pgo

# a plain make in between is noticed; objects from before pgo-build are told of
touch hot.c && make CC=clang-19 >out 2>&1 || fail "plain make"
build make || fail "make after a plain make"
has_profile hot.o || fail "what a plain make built was kept"
make -s clean && rm -rf "$PGO_BUILD_CACHE" && make CC=clang-19 >out 2>&1
build make || fail "make on foreign objects"
said 'no file was compiled; the objects here do not carry default.pgo; run: pgo-build make -B'
build make hot.o -B || fail "make -B"
said '1 file compiled by clang-.*; 2 objects here were built without pgo-build$'
touch hot.c && build make || fail "one of three"
said '2 objects here were built without pgo-build; run: pgo-build make -B$'
build make || fail "nothing to do beside foreign objects"
said 'up to date with default.pgo; 2 objects here were built without pgo-build; run: pgo-build make -B$'
build make -B || fail "make -B"
has_profile hot.o || fail "make -B"

# results that cannot be set old, or that make does not see as such
printf 'none:\n' >nothing.mk
build -pgo=off make -f nothing.mk || fail "-pgo=off that builds nothing"
said 'pgo=off: no file was compiled; 3 objects here were built otherwise; run: .* -f nothing.mk -B$'
build make -B || fail "make -B"

# a makefile whose compiler has a path goes past the launcher
sed -i "1iCC = $(command -v clang-19)" Makefile
build make -B || fail "a makefile with CC = /path"
said '3 objects were made past pgo-build, by a compiler with a path; run: pgo-build make -B CC=clang$'
has_profile hot.o && fail "CC = /path is not what this test takes it for"
sed -i 1d Makefile && build make -B || fail "make -B"

# the compiler that the user names
build make -B CC=gcc || fail "CC=gcc"
said '3 of 3 compiles used gcc and got no profile; try: pgo-build make -B CC=clang'
build make -B CC=clang-19 || fail "CC=clang-19"
said '3 files compiled by clang-19 with'
build make -B "CC=$(command -v clang-19)" || fail "CC=/path/clang-19"
said '3 files compiled by clang-19 with'
for version in 14 22; do # 14 cannot report what is stale, and works all the same
    command -v clang-$version >/dev/null || continue
    build make -B CC=clang-$version || fail "CC=clang-$version"
    said "3 files compiled by clang-$version with default.pgo"
done
CC=clang-19 build make -B || fail "CC=clang-19 in the environment"
said '3 files compiled by clang-19 with'
CC="$(command -v clang-19) -DX=1" build make -B || fail "CC with a path and an argument"
said '3 files compiled by clang-19 with'
sed -i '1iCC = gcc' Makefile
build make -B || fail "a makefile with CC = gcc"
said '3 of 3 compiles used gcc'
sed -i '1s/.*/CC ?= cc/' Makefile
build make -B || fail "a makefile with CC ?= cc"
said '3 files compiled by clang-[0-9]* with'
has_profile hot.o || fail "CC ?= cc"

# the environment emptied on the way; warnings as errors; -j and make below make
sed -i '1s/.*/COMPILE = env -i $(CC)/' Makefile
printf '%%.o: %%.c\n\t$(COMPILE) -Wall -Wextra -Werror -Weverything -Wno-unused-macros' >>Makefile
printf ' -Wno-missing-prototypes -Wno-unsafe-buffer-usage $(CFLAGS) -c $< -o $@\n' >>Makefile
build make -B || fail "env -i and -Werror"
has_profile hot.o || fail "env -i lost the profile"
cd .. && printf 'all:\n\t$(MAKE) -C p\n\t$(MAKE) -C q\n' >Makefile && cp -r p q && rm q/*.o
build make -j2 || fail "recursive make -j2"
said '3 files compiled' # p is up to date
grep -q 'jobserver unavailable' out && fail "the job server was lost"
has_profile q/hot.o || fail "recursive make"
build make || fail "recursive make, two profiles"
said 'up to date with their profiles'

# spaces, a response file, compile and link in one step, a folder of one's own
write_project "a folder"
cd "a folder" || exit 1
printf '%s\n' '-O2 "hot.c" cold.c' "'main.c'" >words
build clang-19 @words -o 'my app' || fail "response file"
has_profile 'my app' || readelf -sW 'my app' | grep -q hot || fail "response file"
said 'compiled by clang-19 with default.pgo'
readelf -n 'my app' | grep -q 'Build ID' || fail "no build id at compile and link in one step"
mkfifo pipe || fail mkfifo
printf '%s\n' '-O2 -Werror -c hot.c -o piped.o' >pipe &
build clang-19 @pipe || fail "a pipe as response file"
build make || fail "make in a folder with a space"
has_profile hot.o || fail "a space in the path"
PGO_BUILD_CACHE="$scratch/my cache" build make -B || fail "a space in the cache's path"
has_profile hot.o || fail "a space in the cache's path"
for cache in 'my cache' 'my$(HOME)cache'; do
    PGO_BUILD_CACHE="$scratch/$cache" build make -B "CC=$(command -v clang-19)" ||
        fail "CC=/path/clang-19 with the cache $cache"
    said '3 files compiled by clang-19 with'
done
ln -s "$(command -v clang-19)" clang
build ./clang -O2 -c hot.c -o relative.o && build true || fail "a compiler by a relative path"
[ -n "$(find relative.o -newer hot.c)" ] || fail "an object by ./clang is stale at once"

# LTO: the code is made at the link, which gets the profile too
if command -v ld.lld-19 >/dev/null; then
    build clang-19 -flto=thin -O2 -c hot.c cold.c main.c || fail "ThinLTO compile"
    build clang-19 -flto=thin -fuse-ld=lld hot.o cold.o main.o -o lto -v || fail "ThinLTO link"
    said 'sample-profile='
fi

# what must not be touched
build clang-19 -O0 -c hot.c -o o0.o || fail "-O0"
said '0 files compiled; 1 without: 1 not optimized (-O0)'
cp hot.c conftest.c && build clang-19 -O2 -c conftest.c || fail "conftest"
cmp -s conftest.o "$(clang-19 -O2 -c conftest.c -o plain.o && echo plain.o)" ||
    fail "conftest.c was touched"
build clang-19 -O2 -fno-profile-sample-use -c hot.c -o own.o || fail "own flag"
said 'with -fprofile flags of its own'
has_profile own.o && fail "the user's -fno-profile-sample-use lost"
build clang-19 -E hot.c || fail "-E"
build clang-19 --version || fail "--version"
said 'clang version 19'
exit 0
