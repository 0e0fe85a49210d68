#!/bin/sh
# A recording by gperftools itself, of examples/hello-pgo: the samples of each function are those
# that `go tool pprof` finds, and as default.pgo it goes through pgo-build.
#
# usage: gperftools.sh BIN_DIR SOURCE_DIR
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need clang-22 go make
echo 'int main(void) { return 0; }' >try.c
clang-22 -Wl,--no-as-needed try.c -lprofiler -o try 2>messages || {
    echo "skipped: no libprofiler to link with (package libgoogle-perftools-dev)"
    exit 77
}
cp -r "$source/examples/hello-pgo" hello && cd hello && rm -f default.pgo || exit 1
pgo-build make -s LDFLAGS='-Wl,--no-as-needed -lprofiler' LDLIBS='-lm' >out 2>&1 || fail "hello does not build"
CPUPROFILE=$PWD/hello.prof CPUPROFILE_FREQUENCY=1000 ./hello >/dev/null 2>out || fail "it does not run"
[ -s hello.prof ] || fail "no profile came"

# by function, an inlined call in its caller
pgo-convert --count=sum -o sum hello.prof 2>out || fail "pgo-convert"
awk -F '[: ]' '/^[^ #]/ { name = $1 } /^#!pgo samples/ { print name, $3 }' sum | sort >ours
go tool pprof -noinlines -top -nodefraction=0 -nodecount=1000 -sample_index=samples hello hello.prof \
    2>/dev/null | awk '$1 ~ /^[0-9]+$/ && $1 > 0 && $6 !~ /^\[/ { print $6, $1 }' | sort >theirs
read_by_us=$(sed -n 's/^pgo-convert: \([0-9]*\) samples read, .*/\1/p' out)
read_by_go=$(awk '{ s += $2 } END { print s + 0 }' theirs)
[ "$read_by_us" -gt 0 ] || fail "no samples"
# some may be in libraries, which pprof shows by their own names
[ "$read_by_us" -ge "$read_by_go" ] || fail "$read_by_us samples, pprof has $read_by_go"
missing=$(join -a 1 ours theirs | awk '$2 != $3')
[ -z "$missing" ] || fail "function, samples, samples by pprof: $missing"
echo "$read_by_us samples, $(wc -l <ours) functions as pprof has them"

# the program lies where it was profiled: the build finds it, and then builds it anew
mv hello.prof default.pgo
pgo-build make -s >out 2>&1 || fail "the build with it"
grep -q 'with default.pgo by line' out || fail "it was not used"
pgo-build make -s -B >out 2>&1 || fail "the same, when the program is another"
grep -q 'with default.pgo by line' out || fail "it was forgotten"
pgo-build -n make >out 2>&1
grep -q 'gperftools profile' out || fail "it is not named"
