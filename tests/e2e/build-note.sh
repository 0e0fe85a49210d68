#!/bin/sh
# The note in a program that names its profile: every way to link, what it must not touch, and
# `pgo-build status`.
# shellcheck disable=SC2015,SC2016 # "A && B || fail" is meant; make reads the $
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need make clang-22 readelf strip ar

# notes FILE: the notes of ours, readable
notes() { readelf -p .note.pgo "$1" 2>/dev/null | sed -n 's/^ *\[ *[0-9a-f]*\]  *//p'; }
names_profile() { readelf -nW "$1" 2>/dev/null | grep -q 'pgo-build  *0x'; }

write_project p
cd p || exit 1
sed -i '1i #!pgo recorded 24600 samples from 2026-11-20T10:00:00Z to 2026-11-20T10:05:00Z' default.pgo
echo '#!pgo end' >>default.pgo

# --- make: the note is there, survives strip, and is the same each time
build make || fail "make"
names_profile app || { readelf -nW app; fail "make: no note"; }
readelf -SW app 2>&1 >/dev/null | grep . && fail "readelf warns"
readelf -lW app | grep -q 'GNU_STACK.*RW ' || fail "the stack became executable"
pgo-build status app >out || fail "status"
cat >expected <<END
app: built with default.pgo, by line
  recorded  24600 samples from 2026-11-20T10:00:00Z to 2026-11-20T10:05:00Z
  content   $(grep -v '^#' default.pgo | xxhsum -H2 2>/dev/null | cut -d ' ' -f 1)
  now       default.pgo here is the same
END
command -v xxhsum >/dev/null || sed -i "s/^  content .*/$(grep content out)/" expected
diff expected out || fail "status says something else"
cp app first
strip first
pgo-build status first | diff expected - | grep '^[<>]   ' && fail "strip took the note away"
cp app before
build make -B && cmp app before || fail "not the same bytes"
mkdir ../other && cp ./* ../other && cd ../other && rm -f ./*.o app && build make &&
    cmp app ../p/app || fail "another folder gives other bytes"
cd ../p || exit 1

# --- older, newer, another, gone
write_profile 6000 default.pgo
pgo-build status app | grep -q 'is another one: build again' || fail "status: another"
sed -i '1i #!pgo recorded 7 samples from 2026-11-27T10:00:00Z to 2026-11-27T10:05:00Z' default.pgo
echo '#!pgo end' >>default.pgo
pgo-build status app | grep -q 'is newer: build again' || fail "status: newer"
sed -i 's/2026-11-27/2026-11-13/g' default.pgo
pgo-build status app | grep -q 'is older$' || fail "status: older"
mv default.pgo moved.pgo
pgo-build status app | grep -q 'no default.pgo here' || fail "status: gone"
mv moved.pgo default.pgo

# --- comments alone: nothing is built again, and the program is still that of the profile
build make || fail "make"
sed -i '1i # a comment' default.pgo
build make || fail "make"
said 'up to date'
pgo-build status app | grep -q 'is the same' || fail "a comment made it another profile"

# --- -pgo=off has none, and says what to do
build -pgo=off make || fail "-pgo=off"
names_profile app && fail "-pgo=off left a note"
pgo-build status app >out 2>&1 && fail "status of a program without a note"
said 'app: names no profile'
said 'hint: it was built without a profile, or not by pgo-build'

# --- every way to link
build make || fail "make"
check() { # NAME COMMAND...: makes the file `linked`, with a note
    name=$1
    shift
    rm -f linked
    build "$@" -o linked || fail "$name"
    grep -q 'warning' out && fail "$name: warns"
    names_profile linked || fail "$name: no note"
    pgo-build status linked >/dev/null || fail "$name: status"
}
check "one step" clang-22 -O2 main.c hot.c cold.c
check "language" clang-22 -O2 -x c main.c hot.c cold.c
check "objects and a source" clang-22 -O2 main.c hot.o cold.o
build clang-22 -O2 -o linked -- main.c hot.c cold.c && names_profile linked || fail "end marker"
check "shared" clang-22 -shared -fPIC -O2 hot.c cold.c
check "static" clang-22 -static main.o hot.o cold.o
check "static-pie" clang-22 -static-pie -fPIE -O2 main.c hot.c cold.c
check "sections" clang-22 -Wl,--gc-sections main.o hot.o cold.o
check "stripped" clang-22 -s main.o hot.o cold.o
check "lto" clang-22 -O2 -flto -fuse-ld=lld-22 main.c hot.c cold.c
printf 'main.o hot.o\ncold.o\n' >list
check "response file" clang-22 @list
for linker in bfd gold lld-22; do
    command -v ld.$linker >/dev/null || continue
    check "$linker" clang-22 -fuse-ld=$linker main.o hot.o cold.o
    check "$linker, sections" clang-22 -fuse-ld=$linker -Wl,--gc-sections main.o hot.o cold.o
    check "$linker, shared" clang-22 -fuse-ld=$linker -shared -fPIC -O2 hot.c cold.c
done
rm -f cold.a && ar rc cold.a cold.o && check "archive" clang-22 main.o hot.o cold.a
ar rc all.a main.o hot.o cold.o && check "archive alone" clang-22 all.a

# what all inputs agree to, stays: our object agrees as well
build clang-22 -O2 -fcf-protection=full -fuse-ld=bfd -nostartfiles -shared -fPIC hot.c cold.c \
    -o linked || fail "cf-protection"
names_profile linked || fail "cf-protection: no note"
readelf -nW linked | grep -q 'IBT, SHSTK' || { readelf -nW linked; fail "IBT and SHSTK are gone"; }

# --- where it would do harm there is none
none() { # NAME COMMAND...
    name=$1
    shift
    rm -f linked
    build "$@" -o linked || fail "$name"
    names_profile linked && fail "$name: a note"
    return 0
}
none "-r" clang-22 -r main.o hot.o cold.o
none "-nostdlib" clang-22 -nostdlib -shared hot.o cold.o
none "a compile" clang-22 -O2 -c hot.c
echo 'SECTIONS { .text : { *(.text*) } }' >script.ld
none "-T" clang-22 -fuse-ld=bfd -shared -T script.ld hot.o cold.o
none "-Wl,-T" clang-22 -fuse-ld=bfd -shared -Wl,-T,script.ld hot.o cold.o
printf 'int f(int x);\nint f(int x) { return x; }\n' >f.c
none "another machine" clang-22 --target=aarch64-linux-gnu -O2 -c f.c
if command -v ld.lld-22 >/dev/null; then
    none "-m32" clang-22 -m32 -O2 -fuse-ld=lld-22 -shared -nostartfiles -nodefaultlibs f.c
    # ... and there is one of its own for AArch64
    build clang-22 --target=aarch64-linux-gnu -O2 -fuse-ld=lld-22 -shared -nostartfiles \
        -nodefaultlibs f.c -o linked || fail "AArch64"
    readelf -hW linked | grep -q 'AArch64' && names_profile linked || fail "AArch64: no note"
fi

# --- two programs with their own profiles, and a library of one of them
cd "$scratch" || exit 1
mkdir -p two/.git two/a two/b
for program in a b; do
    cp p/main.c p/hot.c p/cold.c two/$program
done
write_profile 5000 two/a/default.pgo
write_profile 7000 two/b/default.pgo
cd two || exit 1
build sh -c 'for p in a b; do for f in main hot cold; do
    clang-22 -O2 -c $p/$f.c -o $p/$f.o || exit; done; done
    clang-22 a/*.o -o app-a && clang-22 b/*.o -o app-b && clang-22 a/main.o b/hot.o a/cold.o -o both' ||
    fail "two programs"
[ "$(notes app-a | grep -c 'profile a/default.pgo')" = 1 ] || { notes app-a; fail "app-a"; }
notes app-a | grep -q 'profile b/' && fail "app-a has b's profile"
[ "$(pgo-build status both | grep -c 'is the same')" = 2 ] || fail "both profiles"

# --- damaged and foreign files
printf 'text' >text
pgo-build status text missing app-a >out 2>&1 && fail "status of a text"
said 'text: not an ELF'
said 'missing: cannot open'
said 'app-a: built with a/default.pgo'

# --- CMake
if command -v cmake >/dev/null; then
    cd "$scratch/p" || exit 1
    printf 'cmake_minimum_required(VERSION 3.20)\nproject(p C)\nadd_library(lib STATIC hot.c cold.c)
add_executable(app main.c)\ntarget_link_libraries(app lib)\nadd_library(so SHARED hot.c cold.c)\n' \
        >CMakeLists.txt
    build cmake -S . -B tree -DCMAKE_BUILD_TYPE=Release && build cmake --build tree || fail "CMake"
    names_profile tree/app || fail "CMake: no note"
    names_profile tree/libso.so || fail "CMake: no note in the library"
fi
echo "notes: all there"
