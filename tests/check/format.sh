#!/bin/sh
# ci/check-format on the project, and on files that break each of its rules.
#
# usage: format.sh SOURCE_DIR     exit 77: clang-format is missing
set -u
source=$(cd "$1" && pwd)
"$source/ci/check-format" || exit $?

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
cp "$source/.clang-format" .

# expect CODE WORDS: of check-format, and words of what it prints
expect() {
    "$source/ci/check-format" . >out 2>&1
    [ $? = "$1" ] || { cat out; echo "FAILED: expected exit code $1"; exit 1; }
    [ -z "$2" ] || grep -q "$2" out || { cat out; echo "FAILED: expected '$2'"; exit 1; }
}
expect 1 'no source file found'
printf 'int right;\n' >right.c
expect 0 ''
printf 'int  wrong ;\n' >"wrong file.h"
expect 1 'wrong file.h:1'
rm 'wrong file.h'
yes 'int same;' | head -n 501 >long.c
expect 1 'long.c: 501 lines'
exit 0
