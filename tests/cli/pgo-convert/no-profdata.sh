# A binary sample profile needs llvm-profdata: the message says so, and nothing is written.
. "$SOURCE/tests/cli/pgo-convert/try"
printf 'f:7:0\n 1: 7\n' >text
pgo-convert --format=extbinary -o a text 2>/dev/null # without llvm-profdata: it is only for reading
mkdir tools
ln -s "$(command -v pgo-convert)" tools/pgo-convert
ls=$(command -v ls)
PATH=$PWD/tools
try -o out a
# one that fails: its own words
printf '#!/bin/sh\necho "error: no such thing" >&2\nexit 3\n' >tools/llvm-profdata
/bin/chmod +x tools/llvm-profdata
try -o out a
# one that dies without a word
printf '#!/bin/sh\nkill -9 $$\n' >tools/llvm-profdata
try -o out a
# one that does nothing
printf '#!/bin/sh\nexit 0\n' >tools/llvm-profdata
try -o out a
"$ls"
