#!/bin/sh
# ./configure && make with automake and libtool: configured by us, before, and in another folder.
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need make autoreconf automake libtoolize clang-19 readelf

write_project p
cd p || exit 1
rm Makefile
cat >configure.ac <<'END_OF_M4'
AC_INIT([p], [1])
AM_INIT_AUTOMAKE([foreign])
AC_PROG_CC
AM_PROG_AR
LT_INIT
AC_CHECK_FUNCS([mmap])
AC_CONFIG_FILES([Makefile])
AC_OUTPUT
END_OF_M4
cat >Makefile.am <<'END_OF_MAKE'
bin_PROGRAMS = app
lib_LTLIBRARIES = libhot.la
libhot_la_SOURCES = hot.c cold.c
app_SOURCES = main.c
app_LDADD = libhot.la
END_OF_MAKE
autoreconf -fi >out 2>&1 || fail "autoreconf"
# what configure has found out about the compiler and the system
answers() { sed -n 's/^ac_cv_\(func_mmap\|c_compiler_gnu\|prog_cc_g\|objext\)=/\1=/p' config.log; }

build ./configure || fail "configure"
answers >ours
build make || fail "make"
said '5 files compiled by clang-[0-9]* with default.pgo' # libtool compiles for both libraries
for object in .libs/hot.o hot.o .libs/libhot.a; do
    has_profile $object || fail "$object has no profile"
done
readelf -n .libs/libhot.so | grep -q 'Build ID' || fail "no build id in the shared library"
[ "$(./app)" = "$(gcc -O0 main.c hot.c cold.c -o plain && ./plain)" ] || fail "wrong result"
build make || fail "make, nothing to do"
said 'up to date with default.pgo'

# make looks at hot.lo, which libtool wrote beside the objects
write_profile 6000 default.pgo
build make || fail "changed profile"
said '5 files compiled'
build -pgo=off make || fail "-pgo=off"
said '-pgo=off: 5 files compiled'
has_profile .libs/hot.o && fail "-pgo=off left the profile in"
build make || fail "back from -pgo=off"
said '5 files compiled by'
touch hot.c
build make || fail "an edited source"
said '2 files compiled by'
build make distclean || fail "make distclean"

# configured before; the same questions have the same answers
CC=clang-19 ./configure >out 2>&1 || fail "plain configure"
answers >theirs
diff ours theirs || fail "configure finds something else under pgo-build"
build make || fail "a tree from before"
said '5 files compiled by clang-19 with default.pgo'
has_profile .libs/hot.o || fail "a tree from before"
make -s distclean >out 2>&1

# in a folder of its own: the root of the project says where profiles lie
mkdir build && cd build || exit 1
build ../configure --disable-shared || fail "../configure"
build make || fail "make in another folder, no root"
said 'their sources are not below .*/build, where a default.pgo was looked for: start pgo-build in'
build -pgo=../default.pgo make || fail "-pgo=../default.pgo"
said '3 files compiled by clang-[0-9]* with .*default.pgo'
has_profile hot.o || fail "-pgo=../default.pgo"
mkdir ../.git # another root: the launcher that configure has found is one of another project
build make -B || fail "make in another folder"
said '3 files compiled by clang-[0-9]* with .*default.pgo'
has_profile hot.o || fail "make in another folder"
exit 0
