#!/bin/sh
# The whole loop on examples/hello-pgo: build, record, convert, build again, compare; then a fresh
# clone that has default.pgo but not the profiled binary, in both forms; with ccache and without.
#
# usage: loop.sh BIN_DIR SOURCE_DIR
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need clang-22 git make

# profiled DIR: the last build said that all five files were compiled with the profile, and the
# objects show it: only a profile puts a function into .text.hot.
profiled() {
    grep -q '5 files compiled by clang-22 with default.pgo' out || fail "no profile used in $1"
    objdump -h "$1/basic/expression.o" | grep -q '\.text\.hot\.' || fail "no hot section in $1"
}

cp -r "$source/examples/hello-pgo" project
rm -f project/default.pgo project/*.o
git -c init.defaultBranch=main init -q project
(cd project && pgo-build make) >out 2>&1 || fail "the first build"
grep -q 'ready to be profiled' out || fail "the first build does not say that it is ready"
cp project/hello hello-plain

pgo-collect record -F 2000 -o hello.pprof -- ./hello-plain 100 >expected 2>out ||
    { grep -q 'perf_event' out && { cat out; echo "skipped: perf_event_open is not allowed"; exit 77; }
      fail "record"; }
pgo-convert -o project/default.pgo hello.pprof 2>out || fail "convert"
grep -q 'estimated by basic block' out || fail "the converter did not find the binary"

(cd project && pgo-build make) >out 2>&1 || fail "the build with the profile"
profiled project
project/hello 100 >came
cmp expected came || fail "the profile changed what the program prints"
pgo-bench -n 11 --base='./hello-plain 3' --test='project/hello 3' --check-output >out 2>&1 ||
    fail "the comparison"
grep -Eq '^verdict: (faster|slower|no measurable difference)' out || fail "no verdict"

# A colleague's clone: the text form, which needs no binary.
(cd project && git add -A && git -c user.name=t -c user.email=t@example.org commit -qm all)
rm -rf hello-plain project/hello
git clone -q project clone && (cd clone && git clean -qfdx && rm -f ./*.o ./*/*.o hello)
(cd clone && pgo-build make) >out 2>&1 || fail "the build of a clone"
profiled clone
cmp project/basic/expression.o clone/basic/expression.o || fail "a clone gives other objects"

# The pprof itself as default.pgo: its own names and lines, since the binary is gone.
cp hello.pprof clone/default.pgo
(cd clone && pgo-build make) >out 2>&1 || fail "the build with a pprof as default.pgo"
profiled clone

# Neither a cache nor an earlier object: the same program.
cp project/default.pgo clone/default.pgo
(cd clone && make -s clean && CCACHE_DISABLE=1 pgo-build make) >out 2>&1 || fail "without ccache"
profiled clone
cmp project/basic/expression.o clone/basic/expression.o || fail "without ccache: other objects"
