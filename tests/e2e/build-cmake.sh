#!/bin/sh
# CMake trees: configured by us, configured before, make and ninja, and of gcc.
# shellcheck disable=SC2015,SC2016 # "A && B || fail" is meant; make reads the $
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need cmake make ninja clang-19 clang++-19 gcc readelf

write_project p
cd p || exit 1
cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.20)
project(p C CXX)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release)
endif()
add_library(cold STATIC cold.c)
add_executable(app main.c hot.c more.cpp)
target_link_libraries(app cold)
END
echo 'int more() { return 1; }' >more.cpp
object=CMakeFiles/app.dir/hot.c.o

for generator in Ninja 'Unix Makefiles'; do
    # configured by pgo-build
    write_profile 5000 default.pgo
    build cmake -S . -B "by us" -G "$generator" || fail "configure: $generator"
    build cmake --build "by us" || fail "build: $generator"
    said '4 files compiled by clang-[0-9]* with default.pgo'
    has_profile "by us/$object" || fail "no profile: $generator"
    readelf -n "by us/app" | grep -q 'Build ID' || fail "no build id: $generator"
    build cmake --build "by us" || fail "second build: $generator"
    said 'up to date with default.pgo'
    write_profile 7000 default.pgo
    build cmake --build "by us" || fail "changed profile: $generator"
    said '4 files compiled'
    build -pgo=off cmake --build "by us" || fail "-pgo=off: $generator"
    has_profile "by us/$object" && fail "-pgo=off: $generator"
    touch hot.c
    build cmake --build "by us" || fail "back: $generator"
    has_profile "by us/$object" || fail "back: $generator"
    # without pgo-build the tree still builds
    touch hot.c && cmake --build "by us" >out 2>&1 || fail "plain build: $generator"
    has_profile "by us/$object" && fail "a profile without pgo-build: $generator"
    rm -rf "by us"

    # configured before
    CC=clang-19 CXX=clang++-19 cmake -S . -B before -G "$generator" >out 2>&1 || fail "cmake"
    cmake --build before >out 2>&1 || fail "cmake --build"
    build cmake --build before || fail "build of a tree from before: $generator"
    said 'configured again with the launcher'
    said '4 files compiled by clang-19 with default.pgo'
    has_profile "before/$object" || fail "a tree from before: $generator"
    build cmake --build before || fail "second build of a tree from before: $generator"
    said 'up to date'
    rm -rf before
    CC=clang-19 CXX=clang++-19 cmake -S . -B before -G "$generator" >out 2>&1 || fail "cmake"
    tool=$([ "$generator" = Ninja ] && echo ninja || echo make)
    build "$tool" -C before || fail "$tool -C on a tree from before"
    has_profile "before/$object" || fail "$tool -C on a tree from before"
    rm -rf before

    # of gcc
    CC=gcc CXX=g++ cmake -S . -B gcc -G "$generator" >out 2>&1 || fail "cmake with gcc"
    build cmake --build gcc || fail "build of gcc's tree: $generator"
    said 'configured with gcc, which takes no profile'
    rm -rf gcc
done

# a tree of makefiles from before, beside an object that nobody can build again; a preset's tree
CC=clang-19 CXX=clang++-19 cmake -S . -B before >out 2>&1 && cmake --build before >out 2>&1
clang-19 -c cold.c -o before/vendor.o && touch -d 2020-01-01 before/vendor.o
build cmake --build before || fail "a tree with a foreign object"
said '4 files compiled'
[ -n "$(find before/vendor.o -newermt 2019-12-31)" ] || fail "a foreign object was set old"
rm -rf before
cat >CMakePresets.json <<'END'
{"version": 3,
 "configurePresets": [{"name": "p", "generator": "Ninja", "binaryDir": "${sourceDir}/preset",
    "cacheVariables": {"CMAKE_C_COMPILER": "clang-19", "CMAKE_CXX_COMPILER": "clang++-19"}}],
 "buildPresets": [{"name": "p", "configurePreset": "p"}]}
END
cmake --preset p >out 2>&1 || fail "cmake --preset"
build cmake --build --preset p || fail "--build --preset"
said '4 objects were made past pgo-build'
rm -rf preset
build cmake --preset p || fail "pgo-build cmake --preset"
build cmake --build --preset p || fail "--build --preset after pgo-build cmake --preset"
said '4 files compiled by clang-19 with default.pgo'
exit 0
