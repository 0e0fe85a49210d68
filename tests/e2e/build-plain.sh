#!/bin/sh
# Ready to be profiled by line costs nothing: without a profile the code is that of the plain compiler.
#
# usage: build-plain.sh BIN_DIR SOURCE_DIR
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need objcopy readelf

# code OBJECT: its machine code, all sections of it
code() { objcopy -O binary --only-section='.text*' "$1" "$1.code"; }

compared=0
for compiler in clang-22 clang-19 clang-14; do
    command -v $compiler >/dev/null || continue
    for file in "$source"/examples/hello-pgo/*/*.c "$source"/lib/base/[a-o]*.c; do
        set -- -std=gnu11 -D_GNU_SOURCE -O2 -I"$source/lib" -I"$source/examples/hello-pgo" -c "$file"
        $compiler "$@" -o plain.o || fail "$file"
        build -pgo=off -probes=off $compiler "$@" -o ready.o || fail "$file by pgo-build"
        readelf -SW ready.o | grep -q '\.debug_line' || fail "$file: no line table"
        code plain.o
        code ready.o
        cmp plain.o.code ready.o.code || fail "$compiler: $file: other code"
        compared=$((compared + 1))
    done
done
[ $compared -gt 0 ] || { echo "skipped: no clang"; exit 77; }
