# --format=extbinary needs llvm-profdata: the message says so, and nothing is written.
. "$SOURCE/tests/cli/pgo-convert/try"
{
    head_of_pprof
    printf 'function f f 1 f.c\nlocation - 0 0:2\nsample 0 7\n'
} | make_pprof >a
mkdir tools
ln -s "$(command -v pgo-convert)" tools/pgo-convert
ls=$(command -v ls)
PATH=$PWD/tools
try --format=extbinary -o out a
try --format=extbinary a
# one that fails: its own words
printf '#!/bin/sh\necho "error: no such thing" >&2\nexit 3\n' >tools/llvm-profdata
/bin/chmod +x tools/llvm-profdata
try --format=extbinary -o out a
# one that dies without a word
printf '#!/bin/sh\nkill -9 $$\n' >tools/llvm-profdata
try --format=extbinary -o out a
# one that does nothing
printf '#!/bin/sh\nexit 0\n' >tools/llvm-profdata
try --format=extbinary -o out a
"$ls"
