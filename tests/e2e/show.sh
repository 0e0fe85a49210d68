#!/bin/sh
# pgo-collect show beside `go tool pprof -top`: on a recording of examples/hello-pgo and on the
# difference of two, every figure, the order and the headers.
#
# usage: show.sh BIN_DIR SOURCE_DIR
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need clang-22 go make
cp -r "$source/examples/hello-pgo" hello && cd hello && rm -f default.pgo || exit 1
pgo-build make -s >out 2>&1 || fail "hello does not build"
for i in 1 2; do
    pgo-collect record -o $i.pprof -- ./hello ${i}0 >out 2>&1 || {
        cat out
        echo "skipped: cannot record here"
        exit 77
    }
done

# same OPTIONS_OF_OURS -- OPTIONS_OF_PPROF: rows and what stands above them
same() {
    ours=
    while [ "$1" != -- ]; do ours="$ours $1" && shift; done
    shift
    # shellcheck disable=SC2086 # words
    pgo-collect show $ours >came || fail "show$ours"
    go tool pprof -symbolize=none -top "$@" 2>/dev/null | sed -n '/^Type: /,$p' |
        sed -e 's/ (inline)$//' -e 's/ (partial-inline)$//' | grep -v -e '^Time: ' -e '^Duration: ' \
        -e '^Dropped ' >theirs
    grep -v '^Dropped ' came >rows
    diff theirs rows >differences || fail "show$ours: < pprof, > ours: $(cat differences)"
    echo "show$ours: $(wc -l <theirs) lines alike"
}
same 1.pprof -- 1.pprof
same --top=3 2.pprof -- -nodecount=3 2.pprof
same --diff=1.pprof 2.pprof -- -diff_base=1.pprof 2.pprof
same --diff=2.pprof 1.pprof -- -diff_base=2.pprof 1.pprof
