#!/bin/sh
# The loop with a recording by perf: record → import → pgo-build make, and by gperftools; what each
# function has is what `go tool pprof` finds in gperftools' own file.
#
# usage: import-build.sh BIN_DIR SOURCE_DIR
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need clang-22 make perf go
export HOME="$PWD" # go tool pprof keeps things in it
cp -r "$source/examples/hello-pgo" hello && cd hello && rm -f default.pgo || exit 1
pgo-build make -s CC=clang-22 >out 2>&1 || fail "hello does not build"
perf record -q -e cpu-clock -F 2000 -g -o perf.data ./hello >/dev/null 2>out || {
    echo "skipped: perf record is not allowed: $(head -1 out)"
    exit 77
}
pgo-collect import perf.data 2>out || fail "import"
grep -q 'default.pgo: .* next: pgo-build make' out || fail "the next step is not said"
pgo-build make -s -B CC=clang-22 >out 2>&1 || fail "the build with it"
grep -q 'with default.pgo by line' out || fail "it was not used"
rm default.pgo

cat >try.c <<'END'
int main(void) { return 0; }
END
clang-22 -Wl,--no-as-needed try.c -lprofiler -o try 2>out || {
    echo "the rest is skipped: no libprofiler to link with (package libgoogle-perftools-dev)"
    exit 0
}
pgo-build make -s -B CC=clang-22 LDFLAGS='-Wl,--no-as-needed -lprofiler' LDLIBS='-lm' >out 2>&1 ||
    fail "hello does not build with libprofiler"
CPUPROFILE=$PWD/hello.prof CPUPROFILE_FREQUENCY=1000 ./hello >/dev/null 2>out || fail "it does not run"
pgo-collect import -o hello.pprof hello.prof 2>out || fail "import of gperftools' file"
grep -q '100.0% with a source line\| 9[0-9.]*% with a source line' out || fail "no lines"
top() {
    go tool pprof -noinlines -top -nodefraction=0 -nodecount=1000 -sample_index=samples "$@" \
        2>/dev/null | awk '$1 ~ /^[0-9]+$/ && $1 > 0 && $6 !~ /^\[/ { print $6, $1 }' | sort
}
top -symbolize=none hello.pprof >ours
top hello hello.prof >theirs
[ -s theirs ] || fail "no samples"
missing=$(join theirs ours | awk '$2 != $3')
[ -z "$missing" ] || fail "function, samples by pprof, ours: $missing"
mv hello.pprof default.pgo
pgo-build make -s -B CC=clang-22 >out 2>&1 || fail "the build with gperftools' profile"
grep -q 'with default.pgo by line' out || fail "gperftools' profile was not used"
echo "all good"
