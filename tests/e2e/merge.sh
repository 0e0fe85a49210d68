#!/bin/sh
# pgo-collect merge beside `go tool pprof -proto`, on recordings of examples/hello-pgo: the same
# total and the same figures of each function; also with a recording that has no names.
#
# usage: merge.sh BIN_DIR SOURCE_DIR
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need clang-22 go make
cp -r "$source/examples/hello-pgo" hello && cd hello && rm -f default.pgo || exit 1
pgo-build make -s >out 2>&1 || fail "hello does not build"
for i in 1 2 3; do
    pgo-collect record -o $i.pprof -- ./hello 40 >out 2>&1 || {
        cat out
        echo "skipped: cannot record here"
        exit 77
    }
done

# of(FILE...): every function with its flat and cumulative value
of() {
    go tool pprof -symbolize=none -top -nodefraction=0 -sample_index=samples "$@" 2>/dev/null |
        awk '$1 ~ /^[0-9]+$/ && $2 ~ /%$/ { print $6, $1, $4 }' | sort
}
go tool pprof -symbolize=none -proto -output=theirs.pprof 1.pprof 2.pprof 3.pprof >/dev/null 2>&1 ||
    fail "go tool pprof -proto"
pgo-collect merge -o ours.pprof 3.pprof 1.pprof 2.pprof 2>out || fail "merge"
of theirs.pprof >theirs
of ours.pprof >ours
[ -s ours ] || fail "no function"
diff theirs ours >differences || fail "figures differ: $(cat differences)"
echo "$(wc -l <ours) functions as pprof has them"

pgo-collect merge -o thrice.pprof 1.pprof@3 2>out || fail "merge with a weight"
of 1.pprof | awk '{ print $1, 3 * $2, 3 * $3 }' | sort >theirs
of thrice.pprof >ours
diff theirs ours >differences || fail "a weight of 3 is not 3 times: $(cat differences)"

cp ours.pprof default.pgo
pgo-build make -s >out 2>&1 || fail "the build with it"
grep -q 'with default.pgo by line' out || fail "it was not used: $(cat out)"
