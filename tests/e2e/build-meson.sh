#!/bin/sh
# Meson: configured by us, and before; a tree whose compiler has a path is told how to mend it.
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need meson ninja clang-19 readelf

write_project p
cd p || exit 1
mkdir .git && rm Makefile
cat >meson.build <<'END_OF_MESON'
project('p', 'c', 'cpp', default_options: ['buildtype=release', 'werror=true'])
cold = static_library('cold', 'cold.c')
executable('app', 'main.c', 'hot.c', 'more.cpp', link_with: cold)
END_OF_MESON
printf 'int more();\nint more() { return 1; }\n' >more.cpp
hot='app.p/hot.c.o'

build meson setup 'by us' || fail "meson setup"
build meson compile -C 'by us' || fail "meson compile"
said '4 files compiled by clang-[0-9]* with default.pgo'
has_profile "by us/$hot" || fail "meson compile"
readelf -n 'by us/app' | grep -q 'Build ID' || fail "no build id"
build ninja -C 'by us' || fail "ninja, nothing to do"
said 'up to date with default.pgo'
write_profile 6000 default.pgo
build meson compile -C 'by us' || fail "changed profile"
said '4 files compiled'
meson compile -C 'by us' >out 2>&1 || fail "without pgo-build"
rm -rf 'by us'

# meson finds ccache by itself, and calls the compiler by its name
CC=clang-19 CXX=clang++-19 meson setup before >out 2>&1 || fail "plain meson setup"
meson compile -C before >out 2>&1 || fail "plain meson compile"
build ninja -C before -t clean || fail "ninja -t clean"
build ninja -C before || fail "a tree from before"
said '4 files compiled by clang-19 with default.pgo'
has_profile "before/$hot" || fail "a tree from before"
rm -rf before

CC=$(command -v clang-19) CXX=$(command -v clang++-19) meson setup path >out 2>&1 || fail "setup"
build meson compile -C path || fail "a tree with a path to clang"
said "4 objects were made past pgo-build, by a compiler with a path; "
said "try: rm -r path, then pgo-build meson setup path\$"
exit 0
