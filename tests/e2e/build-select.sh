#!/bin/sh
# Several programs in one tree: which default.pgo each file gets, by each branch of the rule.
#
# The rule (selection.h, project.h): the nearest one from the file's folder up to the root, else the
# one where pgo-build was started, else the root's, else the only one.
# shellcheck disable=SC2016 # make reads the $
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need make clang-19 readelf

# two programs that share lib/: in one hot() is hot, in two it is not
mkdir -p tree/.git tree/one tree/two tree/lib/deep
write_project p
for program in one two; do
    cp p/main.c tree/$program/
    printf 'CFLAGS = -O2\nVPATH = ../lib\napp: main.o hot.o cold.o\n\t$(CC) -o $@ $^\n' \
        >tree/$program/Makefile
done
cp p/hot.c p/cold.c tree/lib/
cp p/hot.c tree/lib/deep/
write_profile 5000 tree/one/default.pgo
printf 'rare:100000:50000\n 2: 50000\nhot:3:1\n 2: 1\n' >tree/two/default.pgo
printf 'all:\n\t$(MAKE) -C one\n\t$(MAKE) -C two\n' >tree/Makefile
cd tree || exit 1

# gets FILE PROFILE [OPTION]: compiled from here, the file gets this profile (nothing: none)
top=$PWD
gets() {
    build -report=report.json ${3+"$3"} clang-19 -O2 -c "$top/$1" -o object.o || fail "$1"
    got=$(sed -n 's/.*"source": .*"profile": "\([^"]*\)".*/\1/p' report.json)
    [ "$got" = "${2:+$top/$2}" ] || fail "$1 from ${PWD#"$scratch/"}: '$got' instead of '$2'"
    rm -f report.json object.o
}

# each program by itself: its own for its main.c, and as it was started for what both share
cd one || exit 1
build make || fail "one"
has_profile hot.o || fail "one: lib/hot.c did not get one/default.pgo"
gets one/main.c one/default.pgo
gets lib/hot.c one/default.pgo
gets two/main.c two/default.pgo
cd ../two || exit 1
build make || fail "two"
has_profile hot.o && fail "two: lib/hot.c got one/default.pgo"
gets lib/hot.c two/default.pgo
cd ..

# both at once, from the top, where none lies: what they share gets none
gets one/main.c one/default.pgo
gets two/main.c two/default.pgo
gets lib/hot.c ''
touch lib/hot.c
build make || fail "both"
has_profile one/hot.o && fail "shared code got the profile of one of two programs"

# the root's; the nearest wins over it, up to the root and no further
write_profile 7000 default.pgo
gets lib/hot.c default.pgo
gets lib/deep/hot.c default.pgo
gets one/main.c one/default.pgo
(cd one && gets lib/hot.c default.pgo) || exit 1 # nearest: the root is above lib
(cd lib && gets lib/hot.c default.pgo) || exit 1
write_profile 8000 lib/default.pgo
gets lib/deep/hot.c lib/default.pgo
(cd one && gets lib/deep/hot.c lib/default.pgo) || exit 1
write_profile 8000 "$scratch/default.pgo" # above the root: another project's
rm default.pgo lib/default.pgo
gets lib/hot.c ''
cp lib/hot.c ../
write_profile 7000 default.pgo
gets one/main.c one/default.pgo
rm default.pgo

# the only one of the project, wherever it lies
mv two/default.pgo ..
gets lib/hot.c one/default.pgo
gets two/main.c one/default.pgo
(cd lib && gets two/main.c one/default.pgo) || exit 1
mv ../default.pgo two/

# one without samples says: nothing for this folder
: >two/default.pgo
gets two/main.c ''
gets one/main.c one/default.pgo

# -pgo=FILE is for all, and -pgo=off for none
write_profile 9000 lib/named.pgo
gets one/main.c lib/named.pgo -pgo=lib/named.pgo
gets lib/hot.c lib/named.pgo -pgo=lib/named.pgo
gets one/main.c '' -pgo=off

# not looked for: in build folders, in other repositories, in version control
mkdir -p built other/.git .git/x && touch built/CMakeCache.txt
for folder in built other .git/x; do cp lib/named.pgo $folder/default.pgo; done
cp lib/hot.c built/ && cp lib/hot.c other/
gets built/hot.c ''
gets other/hot.c ''

# without a .git the root is where pgo-build was started; a home folder is never a root
rm -rf .git
cp lib/named.pgo default.pgo
(cd lib/deep && gets lib/deep/hot.c '') || exit 1
gets lib/deep/hot.c default.pgo
mkdir .git && export HOME="$top"
(cd lib/deep && gets lib/deep/hot.c '') || exit 1
exit 0
