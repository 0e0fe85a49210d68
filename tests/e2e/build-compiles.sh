#!/bin/sh
# Compile commands of unusual form: standard input, several sources, headers, assembly, LTO.
# shellcheck disable=SC2016 # make reads the $
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need make clang-19 clang++-19 readelf

write_project p
cd p || exit 1
mkdir .git

# from standard input, alone and beside files
build sh -c 'clang-19 -O2 -x c -c - -o piped.o <hot.c' || fail "standard input"
has_profile piped.o || fail "standard input got no profile"
said '1 file compiled by clang-19 with default.pgo'
build sh -c 'clang-19 -O2 -xc - main.c cold.c -o app <hot.c' || fail "standard input and files"
said '3 files compiled by clang-19 with default.pgo'
[ "$(./app)" = "$(gcc -O0 main.c hot.c cold.c -o plain && ./plain)" ] || fail "wrong result"
build sh -c 'clang-19 -O2 -x c -c - -o /dev/null <hot.c' || fail "a trial"
grep -q compiled out && fail "what goes to /dev/null was taken for a compile"

# several sources on one line, C and C++ mixed; assembly among them
echo 'int more() { return 1; }' >more.cpp
build clang++-19 -O2 -c more.cpp -x c hot.c cold.c main.c || fail "C and C++ on one line"
has_profile hot.o || fail "C and C++ on one line"
said '4 files compiled by clang-19 with'
clang-19 -O2 -S cold.c -o assembly.s && cp assembly.s pre.S
for file in assembly.s pre.S; do
    rm -f ./*.o
    build clang-19 -O2 -c main.c hot.c $file || fail "$file"
    has_profile hot.o || fail "beside $file"
    build clang-19 main.o hot.o ${file%.*}.o -o app || fail "link with $file"
    build clang-19 -O2 -c $file || fail "$file alone"
    said '0 files compiled; 1 without: 1 assembly'
done

# a header is precompiled as without us, and a changed profile leaves it alone
cat >pch.mk <<'END_OF_MAKE'
app: main.o hot.o cold.o
	$(CC) -o $@ $^
%.o: %.c all.h.pch
	$(CC) -O2 -Werror -include-pch all.h.pch -c $< -o $@
all.h.pch: all.h
	$(CC) -O2 -Werror -x c-header $< -o $@
END_OF_MAKE
echo 'int rare(int x);' >all.h
rm -f ./*.o
build make -f pch.mk CC=clang-19 || fail "precompiled header"
has_profile hot.o || fail "precompiled header"
said '3 files compiled by clang-19 with default.pgo'
touch -r all.h.pch before
write_profile 6000 default.pgo
build make -f pch.mk CC=clang-19 || fail "precompiled header, changed profile"
said '3 files compiled'
[ all.h.pch -nt before ] && fail "a changed profile made the header anew"
write_profile 5000 default.pgo

# compiled and linked in one step: the program is what a changed profile makes anew
if command -v ld.lld-19 >/dev/null; then # it can keep the sections of code apart in a program
    printf 'one: main.c hot.c cold.c\n\t$(CC) -O2 $(KEEP) main.c hot.c cold.c -o $@\n' >one.mk
    set -- make -f one.mk CC=clang-19 'KEEP=-fuse-ld=lld -Wl,-z,keep-text-section-prefix'
    build "$@" || fail "one step"
    has_profile one || fail "one step got no profile"
    write_profile 6000 default.pgo
    build "$@" || fail "one step, changed profile"
    said '3 files compiled'
    build -pgo=off "$@" || fail "one step, -pgo=off"
    has_profile one && fail "one step, -pgo=off: the profile is still in"
    write_profile 5000 default.pgo
fi

# LTO: code is made at the link, and is told what is hot there
for mode in full thin; do
    command -v ld.lld-19 >/dev/null || continue
    build clang-19 -flto=$mode -O2 -ffunction-sections -c hot.c cold.c main.c || fail "-flto=$mode"
    said '3 files compiled by clang-19 with default.pgo'
    build -v clang-19 -flto=$mode -O2 -fuse-ld=lld -Wl,--save-temps -Wl,-u,hot hot.o cold.o main.o \
        -o lto || fail "link: -flto=$mode"
    found=
    for object in lto.lto*.o; do has_profile "$object" && found=$object; done
    [ "$found" ] || fail "-flto=$mode: the link made code without the profile"
    rm -f lto.*
done

# sources that cannot be written, objects in another folder
mkdir source objects
cp ./*.c default.pgo source && chmod a-w source source/*
printf 'VPATH = ../source\nCFLAGS = -O2\napp: main.o hot.o cold.o\n\t$(CC) -o $@ $^\n' \
    >objects/Makefile
cd objects || exit 1
build make || fail "read-only sources"
has_profile hot.o || fail "read-only sources"
said '3 files compiled by clang-[0-9]* with .*source/default.pgo'
cd .. && chmod -R u+w source

# a recipe may need bash, or the plainest of shells, with nothing around it
for shell in bash dash; do
    command -v $shell >/dev/null || continue
    printf 'SHELL = %s\nCFLAGS = -O2\n%%.o: %%.c\n\tenv -i $(CC) $(CFLAGS) -c $< -o $@\n' \
        "$(command -v $shell)" >shell.mk
    rm -f hot.o
    build make -f shell.mk hot.o || fail "$shell"
    has_profile hot.o || fail "$shell"
done
exit 0
