#!/bin/sh
# ccache: hits where nothing changed, and never the object of another profile.
# shellcheck disable=SC2015,SC2016 # "A && B || fail" is meant; make reads the $
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need make clang-19 ccache readelf cmake

write_project p
cd p || exit 1
unset CCACHE_DISABLE

# twice checks the command: with profile A, with B, with A again from the cache
objects_differ() {
    write_profile 5000 default.pgo
    build make -B "$@" || fail "$*"
    has_profile hot.o || fail "no profile: $*"
    cp hot.o a.o
    # the same counts on other lines make another object
    sed -e 's/ 7: 5000/ 7: 1/' -e 's/ 5: 5 rare:5/ 5: 90000 rare:90000/' default.pgo >x
    mv x default.pgo
    build make -B "$@" || fail "$*"
    cmp -s hot.o a.o && fail "the object of another profile came: $*"
    write_profile 5000 default.pgo
    build make -B "$@" || fail "$*"
    cmp -s hot.o a.o || fail "the same profile gives another object: $*"
}

objects_differ
said '3 of 3 from ccache'

# two checkouts of one project share their entries
cp -r "$scratch/p" "$scratch/second" && cd "$scratch/second" || exit 1
build make -B || fail "second checkout"
said '3 of 3 from ccache'
cmp -s hot.o "$scratch/p/hot.o" || fail "two checkouts give different objects"
cd "$scratch/p" || exit 1

objects_differ CC='ccache clang-19'
said '3 of 3 from ccache'
objects_differ "CC=$(command -v ccache) clang-19"
said 'from ccache'
mkdir mask && ln -s "$(command -v ccache)" mask/clang-19 && ln -s "$(command -v ccache)" mask/gcc
export CCACHE_LOGFILE="$scratch/ccache.log"
PATH="$scratch/p/mask:$PATH" objects_differ CC=clang-19
said '3 of 3 from ccache'
PATH="$scratch/p/mask:$PATH" objects_differ CC="$scratch/p/mask/clang-19"
grep -q 'Executing .*/clang-19' "$CCACHE_LOGFILE" || fail "the log proves nothing"
grep -q 'Executing .*/mask/' "$CCACHE_LOGFILE" && fail "ccache looks at another ccache, not at clang"
unset CCACHE_LOGFILE

# a script around the compiler: injected once, whether it finds the compiler on PATH or not
printf '#!/bin/sh\nexec clang-19 "$@"\n' >wrapper && chmod +x wrapper
build make -B CC="$scratch/p/wrapper" || fail "a wrapper with a path"
said '3 files compiled by wrapper with default.pgo'
has_profile hot.o || fail "a wrapper with a path"
grep -q '; [0-9]* without' out && fail "the launcher was found again below itself"
build make -B CC=./wrapper || fail "a wrapper outside of our sight"
said '3 files compiled by clang-19 with default.pgo'
CCACHE_DISABLE=1 objects_differ
grep -q 'from ccache' out && fail "CCACHE_DISABLE is set"

# a ccache by another name stands outside: nothing is injected, and that is told
mkdir hidden && cp "$(readlink -f "$(command -v ccache)")" hidden/ccache
printf '#!/bin/sh\nexec "%s/hidden/ccache" "$@"\n' "$scratch/p" >hidden/mycache
chmod +x hidden/mycache
build make -B CC='hidden/mycache clang-19' || fail "hidden cache"
if has_profile hot.o; then fail "the profile went in below a cache that does not know of it"; fi
said 'under a compiler cache'
build make -B CC='hidden/mycache clang-19 -fno-profile-sample-use' || fail "hidden cache, own flag"
if readelf -SW hot.o | grep -q '\.debug_line'; then
    fail "line tables went in below a cache that does not know of them"
fi

# without ccache on PATH
mkdir tools
for tool in make clang-19 clang++-19 llvm-profdata-19 sh rm ld readelf grep; do
    ln -s "$(command -v $tool)" tools/
done
(PATH="$bin:$scratch/p/tools" && build make -B && has_profile hot.o) || fail "without ccache"
grep -q ccache out && fail "ccache was found"

# CMake's own launcher set to ccache by the project, as a program that it has looked up
cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.20)
project(p C)
set(CMAKE_BUILD_TYPE Release)
find_program(CCACHE ccache)
set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
add_executable(app main.c hot.c cold.c)
END
for when in fresh before; do
    [ $when = before ] && CC=clang-19 cmake -S . -B $when >out 2>&1
    [ $when = fresh ] && build cmake -S . -B $when
    object=$when/CMakeFiles/app.dir/hot.c.o
    write_profile 5000 default.pgo
    build cmake --build $when || fail "cmake $when"
    has_profile $object || fail "cmake, its own launcher, $when: no profile"
    cp $object a.o
    sed -i 's/ 5: 5 rare:5/ 5: 90000 rare:90000/' default.pgo
    build cmake --build $when || fail "cmake $when"
    cmp -s $object a.o && fail "cmake, its own launcher, $when: object of another profile"
done
exit 0
