# What cachegrind cannot count for us.
command -v valgrind >/dev/null || { echo "valgrind is missing" >&2; exit 77; }
printf '#!/bin/sh\nexit 0\n' >script
chmod +x script
cp /bin/true program
try() { pgo-bench --mode=instructions "$@"; echo "exit $?" >&2; }
try --base=./script --test=true
try --base='sh -c true' --test=true
try --base='env true' --test=true
bench=$(command -v pgo-bench)
PATH=/no/such/folder
try() { "$bench" --mode=instructions "$@"; echo "exit $?" >&2; }
try --base=./program --test=./program
