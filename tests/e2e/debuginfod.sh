#!/bin/sh
# Debug information, and binaries, from a real debuginfod server.
#
# usage: debuginfod.sh BIN_DIR SOURCE_DIR
#
# The server is of this test alone: its own folders, loopback, a free port, ended by its process id.
set -u
bin=$(cd "$1" && pwd)
source=$(cd "$2" && pwd)
export LC_ALL=C PATH="$bin:$bin/../tests/tools:$PATH"

fail() { echo "FAILED: $*"; exit 1; }
for tool in clang-22 debuginfod objcopy strip python3 make_pprof pgo-convert; do
    command -v $tool >/dev/null || { echo "skipped: $tool is missing"; exit 77; }
done
scratch=$(mktemp -d) || exit 1
server=
trap '[ -z "$server" ] || { kill "$server"; wait "$server"; }; rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
export DEBUGINFOD_CACHE_PATH="$scratch/client" HOME="$scratch"
unset DEBUGINFOD_URLS

mkdir app served
clang-22 -O2 -g1 -fdebug-info-for-profiling "$source/tests/data/hot.c" -o whole ||
    fail "does not compile"
nm whole | sed -n 's/^\([0-9a-f]*\) [tT] \(main\|hot\|rare\)$/\1 5/p' >counts
{ printf 'type samples count\nperiod cpu nanoseconds 10000000\n'
  echo "binary whole 555555550000 counts $PWD/app/app"; } | make_pprof >a.pprof
pgo-convert -o expected --binary=whole a.pprof 2>/dev/null || fail "the binary itself"
objcopy --only-keep-debug whole served/app.debug
strip -o served/app whole
cp served/app app/

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
debuginfod -p "$port" -d "$scratch/db" -F served >server.log 2>&1 &
server=$!
servers="http://127.0.0.1:$port"

# ready FILE: the server knows the build id of FILE, once it has scanned its folders
id=$(python3 - whole <<'END_PYTHON'
import subprocess, sys
notes = subprocess.run(["readelf", "-n", sys.argv[1]], capture_output=True, text=True).stdout
print(notes.split("Build ID: ")[1].split()[0])
END_PYTHON
)
tries=0
until python3 -c "import urllib.request
urllib.request.urlopen('$servers/buildid/$id/debuginfo').read()
urllib.request.urlopen('$servers/buildid/$id/executable').read()" 2>/dev/null; do
    kill -0 "$server" 2>/dev/null || { cat server.log; server=; fail "the server has ended"; }
    tries=$((tries + 1))
    [ $tries -lt 300 ] || { cat server.log; fail "the server does not serve"; }
    sleep 0.2
done

pgo-convert -o out a.pprof 2>said && fail "debug information without a server"
grep -q DEBUGINFOD_URLS said && fail "asked a server that nobody named"
DEBUGINFOD_URLS=$servers pgo-convert -o out a.pprof 2>said || { cat said; fail "debug information"; }
cmp expected out || fail "by a separate debug file, from the server"
rm -r app out
DEBUGINFOD_URLS=$servers pgo-convert -o out a.pprof 2>said || { cat said; fail "the binary"; }
cmp expected out || fail "by the binary and debug information of the server"

# a server that is gone: said in the hint; what the cache has stays good
rm -rf "$scratch/client" out
kill "$server" && wait "$server"
server=
DEBUGINFOD_URLS=$servers DEBUGINFOD_TIMEOUT=2 pgo-convert -o out a.pprof 2>said && fail "no server"
grep -q "the servers of DEBUGINFOD_URLS" said || { cat said; fail "the hint"; }
[ ! -e out ] || fail "something was written"
echo "debuginfod serves"
