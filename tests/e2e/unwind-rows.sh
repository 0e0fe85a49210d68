#!/bin/sh
# The unwind rows of libpgocollect beside readelf's, for each row of the C and C++ libraries, the
# loader and a program of ours: some 100,000 addresses.
#
# usage: unwind-rows.sh BIN_DIR SOURCE_DIR
set -eu
bin=$(cd "$1" && pwd)
tools=$(cd "$1/../tests/tools" && pwd)
export LC_ALL=C

skip() { echo "skipped: $*"; exit 77; }
for tool in readelf python3 cc; do
    command -v $tool >/dev/null || skip "no $tool"
done
[ "$(uname -m)" = x86_64 ] || skip "rows are of x86-64 alone"

# The libraries that this machine's C++ compiler links.
libraries=
for name in libc.so.6 libstdc++.so.6; do
    file=$(cc -print-file-name=$name)
    [ "$file" = $name ] || libraries="$libraries $file"
done
[ -n "$libraries" ] || skip "no libc.so.6 found"
for file in $libraries "$bin/pgo-convert"; do
    "$2/tests/tools/compare-unwind-rows" "$tools/unwind_rows" "$file"
done
