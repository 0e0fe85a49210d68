#!/bin/sh
# Which default.pgo, and which forms of it.
# shellcheck disable=SC2015,SC2016 # "A && B || fail" is meant; make reads the $
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need make clang-19 llvm-profdata-19 readelf

# the nearest one, up to the root; the root is the folder of .git
mkdir -p tree/.git tree/lib/deep tree/build tree/other
write_project p
cp p/hot.c tree/lib/deep/ && cp p/hot.c tree/other/
cp p/default.pgo tree/lib/
cd tree || exit 1
build -v clang-19 -O2 -c lib/deep/hot.c -o a.o || fail "nearest"
has_profile a.o || fail "lib/default.pgo is not used for lib/deep"
build clang-19 -O2 -c other/hot.c -o b.o || fail "the only one"
has_profile b.o || fail "the only default.pgo of the project is not used"
sed 's/5000/1/g; s/100000/3/' lib/default.pgo >other/default.pgo
build -v clang-19 -O2 -c other/hot.c -o b.o || fail "two"
said 'other/hot.c: with other/default.pgo'
cp lib/deep/hot.c lib/deep/first.c
build clang-19 -O2 -c lib/deep/first.c other/hot.c || fail "two sources, two profiles"
build true # the first one's profile is that of the compile, and so it stays
[ -n "$(find hot.o -newer lib/deep/first.c)" ] || fail "the second object is stale at once"
cp other/default.pgo build/default.pgo && touch build/CMakeCache.txt
build -v clang-19 -O2 -c lib/deep/hot.c -o a.o || fail "nearest of two"
said 'lib/deep/hot.c: with lib/default.pgo'
build -pgo=lib/default.pgo -v clang-19 -O2 -c other/hot.c -o b.o || fail "-pgo=FILE"
said 'other/hot.c: with lib/default.pgo'
# a link is the profile that it leads to, for the sources of its own folder
rm -f other/default.pgo build/CMakeCache.txt build/default.pgo
mkdir third && cp lib/deep/hot.c third/ && ln -s ../lib/default.pgo third/default.pgo
build -v clang-19 -O2 -c lib/deep/hot.c third/hot.c || fail "a link"
said 'third/hot.c: with lib/default.pgo'
said '2 files compiled by clang-19 with lib/default.pgo'
rm -r third
cd ..
ln -s tree link # CMake writes down the path that the user came by
(cd tree && build -v clang-19 -O2 -c "$scratch/link/lib/deep/hot.c" -o a.o && mv out ..) ||
    fail "a source by the path of a link"
said 'lib/deep/hot.c: with lib/default.pgo'

# what cannot be read twice is no profile: not waited for, not taken for an empty one
mkdir pipe && mkfifo pipe/default.pgo && cp p/hot.c pipe/
(cd pipe && build timeout 10 true && mv out ..) || fail "a pipe called default.pgo"
build -pgo=pipe/default.pgo true
[ $? = 125 ] || fail "-pgo=PIPE"
said 'pipe/default.pgo: is not a file'
said '^hint: '

# the forms
cd p || exit 1
for form in --text --binary --extbinary; do
    llvm-profdata-19 merge --sample $form ../tree/lib/default.pgo -o default.pgo
    build make -B || fail "$form"
    has_profile hot.o || fail "$form"
    said '3 files compiled by clang-22 with default.pgo'
done
head -c 60 default.pgo >x && mv x default.pgo
build make -B
[ $? = 125 ] || fail "a damaged profile must stop the build"
said 'default.pgo: Truncated profile data'
rm -f hot.o && : >default.pgo
build make -B || fail "an empty profile"
said 'default.pgo has no samples: 3 files compiled'
for form in 'not a profile at all' 'PERFILE2xxxxxxxx'; do
    printf '%s\n' "$form" >default.pgo
    build make -B
    [ $? = 125 ] || fail "$form"
    said '^hint: '
done

# a profile of another program is told
printf 'nobody:123456:7\n 1: 123456\n' >default.pgo
build make -B || fail "a foreign profile"
said 'warning: only 0.0% of the samples of default.pgo found their function'

# a pprof goes through pgo-convert; what it says about a damaged one is passed on
if [ -x "$bin/pgo-convert" ]; then
    cp "$source/tests/fuzz/corpus/pprof/hello.pprof" default.pgo
    build -v make -B || fail "pprof"
    said '3 files compiled by clang-22 with default.pgo'
    head -c 100 "$source/tests/fuzz/corpus/pprof/hello.pprof" >default.pgo
    build make -B
    [ $? = 125 ] || fail "a damaged pprof must stop the build"
    said '^pgo-build: .*/default.pgo: '
    said '^hint: '
fi

# the same content elsewhere is the same path: nothing is built again
cp ../tree/lib/default.pgo default.pgo && build make || fail "make"
touch default.pgo && build make || fail "make"
said 'up to date'

# another repository below this one keeps its profile for itself
cd "$scratch" || exit 1
write_project outer
mkdir outer/.git outer/inner outer/inner/.git
mv outer/default.pgo outer/inner/
cd outer || exit 1
build make || fail "a repository in a repository"
said 'no default.pgo was found'
exit 0
