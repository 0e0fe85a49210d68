#!/bin/sh
# Slices through the build: who gets one, and what a changed record recompiles.
#
# usage: slices.sh BIN_DIR SOURCE_DIR
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need make clang-22 clang-14 readelf
export CCACHE_DISABLE=1

# profile COUNT: of hot(); the map knows all files but new.c
profile() {
    write_mapped_profile "$1" default.pgo
    echo '#!pgo unit quiet.c' >>default.pgo
}

# compiled FILE...: these were compiled, by the last build, and no others
compiled() {
    sed -n 's/^pgo-build: *\([a-z]*\.c\): .*/\1/p' out | sort >compiled.now
    printf '%s\n' "$@" | sed '/^$/d' | sort | cmp -s - compiled.now ||
        fail "expected $*, compiled: $(cat compiled.now)"
}

write_project p
cd p || exit 1
cp hot.c hot.c.kept
printf 'int quiet(void);\nint quiet(void)\n{\n    return 7;\n}\n' >quiet.c
cp quiet.c new.c && sed -i 's/quiet/fresh/' new.c
sed -i 's/cold.o/cold.o quiet.o new.o/' Makefile
profile 5000
build -v make || fail "the first build"
compiled cold.c hot.c main.c new.c quiet.c
has_profile hot.o || fail "a slice is no profile"
for object in *.o; do cp "$object" "$object.first"; done
build -v make || fail "again"
compiled

# --- another count of hot(): main.c names it; new.c is not in the map and has the whole profile
profile 5001
build -n make || fail "-n"
said 'rebuild: 3 of 5 known objects'
build -v make || fail "another count"
compiled hot.c main.c new.c
profile 5000
build -v make || fail "back"
compiled hot.c main.c new.c
for object in *.o; do cmp "$object" "$object.first" || fail "another object"; done

# --- without slices, and back: the same objects
build -v -slices=off make || fail "-slices=off"
compiled cold.c hot.c quiet.c # new.c has the whole, and main.c a slice that is all of it
for object in *.o; do cmp "$object" "$object.first" || fail "-slices=off: another object"; done
build -slices=auto -v make || fail "-slices=auto"
compiled # what the whole gives is what slices would
build -slices=on -v make || fail "-slices=on"
compiled

# --- old compilers, several files in a line, links with LTO
added() { build -n "$@" && sed -n 's/^added:.*-fprofile-sample-use=\([^ ]*\).*/\1/p' out; }
whole=$(build -n make && sed -n 's/^  as: //p' out)
[ "$(added clang-22 -O2 -c hot.c)" != "$whole" ] || fail "no slice"
[ "$(added clang-22 -O2 -c "$PWD/hot.c")" != "$whole" ] || fail "no slice by an absolute path"
[ "$(added clang-22 -O2 -flto -c hot.c)" != "$whole" ] || fail "no slice for LTO"
[ "$(added clang-22 -O2 hot.c cold.o main.o)" != "$whole" ] || fail "no slice, and a link"
[ "$(added clang-22 -O2 -c hot.c cold.c)" = "$whole" ] || fail "two files, and not the whole"
[ "$(added clang-22 -O2 -flto hot.c cold.o main.o)" = "$whole" ] || fail "LTO, and not the whole"
[ "$(added clang-14 -O2 -c hot.c)" = "$whole" ] || fail "a slice for clang-14"
[ "$(added -slices=on clang-14 -O2 -c hot.c)" != "$whole" ] || fail "-slices=on: no slice"
[ "$(added -slices=off clang-22 -O2 -c hot.c)" = "$whole" ] || fail "-slices=off: a slice"
build -slices=on clang-14 -O2 -c hot.c -o old.o || fail "clang-14"
has_profile old.o || fail "clang-14: no profile"
build -slices=maybe make && fail "-slices=maybe"
said 'slices=maybe: expected auto, on or off'

# --- verify: the same; and it sees a difference, where hot.c is given a record with other counts
pgo-build verify make >verified 2>out || fail "verify"
grep -q '^5 objects: 5 the same, 0 different, 0 apart$' verified || fail "verify: $(cat verified)"
mkdir other && sed -e 's/ 7: 5000/ 7: 1/' -e 's/ 5: 5 rare:5/ 5: 90000 rare:90000/' default.pgo >other/x
pgo-convert --format=extbinary -o other/default.prof other/x 2>/dev/null || fail "pgo-convert"
printf '\nhot\nmain\nrare\n' >other/names
index=$(echo "$PGO_BUILD_CACHE"/projects/*/slices/*)
# shellcheck disable=SC2086 # several files
sed -i.good "s#^hot.c\t.*#hot.c\t$PWD/other/default.prof#" $index
pgo-build verify make >verified 2>out
[ $? = 1 ] || fail "verify: a difference is no failure"
grep -q '^different: hot.o$' verified || fail "verify: $(cat verified)"
for file in $index; do [ "${file%.good}" != "$file" ] || mv "$file.good" "$file"; done

# --- a function that has moved to another file: found after the compile, and from then on in its slice
sed -n '/^int hot/,$p' hot.c >moved && echo 'int rare(int x);' | cat - moved >>quiet.c
printf 'int nothing_here;\n' >hot.c
build -v make || fail "moved"
compiled hot.c quiet.c
has_profile quiet.o || fail "a function that has moved has lost its profile"
build -v make || fail "moved, again"
compiled
profile 5001
build -v make || fail "moved, another count"
compiled hot.c main.c new.c quiet.c
has_profile quiet.o || fail "moved, another count"
[ "$(added clang-22 -O2 -c quiet.c)" != "$(build -n make && sed -n 's/^  as: //p' out)" ] ||
    fail "moved: no slice"
make clean >/dev/null
build -v make || fail "moved, all"
[ "$(grep -c 'quiet.c: with' out)" = 1 ] || fail "moved: reported twice"
# inlined, so that no symbol tells of it
sed -i 's/^int hot(int n)/static inline __attribute__((always_inline)) int hot(int n)/' quiet.c
echo 'int entry(int n); int entry(int n) { return hot(n); }' >>quiet.c
cp quiet.c cold2.c && cat cold2.c cold.c >x && sed -i 's/quiet(/calm(/' x && mv x cold.c
sed -i '/^int rare(int x);$/d' cold.c && sed -i '1i int rare(int x);' cold.c && rm cold2.c moved
sed -i 's/entry(/entry2(/g' cold.c
# and the build that notes it is still running when a second one starts
pgo-build sh -c 'clang-22 -O2 -c cold.c && echo ready && until [ -e go ]; do sleep 0.05; done' >first 2>&1 &
first=$!
until grep -qs ready first || ! kill -0 $first 2>/dev/null; do sleep 0.05; done
build clang-22 -O2 -c cold.c || fail "a second build beside one that has noted a moved function"
touch go
wait $first || fail "inlined: $(cat first)"
rm first go
grep -q "hot$" "$PGO_BUILD_CACHE"/projects/*/moved || fail "moved and inlined: not found"
grep -q "cold.c" "$PGO_BUILD_CACHE"/projects/*/moved || fail "moved and inlined: not noted"

# --- standard input can be read once: a slice that lacks hot() would be noticed too late
cp default.pgo kept.pgo
printf '#!pgo unit -\n#!pgo  rare\n' >>default.pgo
pgo-build clang-22 -O2 -c -x c - -o stream.o <hot.c.kept >out 2>&1 || fail "standard input"
has_profile stream.o || fail "standard input: compiled twice, or no profile"
mv kept.pgo default.pgo && rm stream.o

# --- a slice that has vanished (the cache was pruned) is cut again
slice=$(added clang-22 -O2 -c hot.c)
rm "$slice"
[ "$(added clang-22 -O2 -c hot.c)" = "$slice" ] || fail "a slice that is gone"
[ -e "$slice" ] || fail "a slice that is gone is not made"
exit 0
