#!/bin/sh
# demo.sh: the whole loop on a service: profile it over HTTP while it serves, build again, compare.
#
# usage: ./demo.sh [SECONDS [REPLAY [PAIRS]]]
#
#     SECONDS   length of the profile (30)
#     REPLAY    requests of a run that is compared (20000)
#     PAIRS     of such runs (20)
#
# Works in the folder it lies in and leaves there default.pgo, cpu.pprof, server-plain and server.
# Needs pgo-build, pgo-convert and pgo-bench on PATH, curl, and pgo-collect for pkg-config.
set -eu
cd "$(dirname "$0")"
seconds=${1:-30}
replay=${2:-20000}
pairs=${3:-20}
for tool in pgo-build pgo-convert pgo-bench pkg-config curl make; do
    command -v $tool >/dev/null || { echo "demo.sh: no $tool on PATH" >&2; exit 1; }
done
pkg-config --exists pgo-collect || {
    echo "demo.sh: pkg-config does not find pgo-collect" >&2
    echo "hint: install libpgocollect, or PKG_CONFIG_PATH=.../build/release/lib/pkgconfig" >&2
    exit 1
}

step() { printf '\n==> %s\n' "$*"; }

# run COMMAND...: shows the command as a user would type it, then runs it.
run() {
    printf '    $ %s\n' "$*"
    "$@"
}

service='' load=''
log=$(mktemp)
# end PID: of a background process, or nothing
end() {
    [ -z "$1" ] || { kill "$1" && wait "$1"; } 2>/dev/null || true
}
trap 'end "$load"; end "$service"; rm -f "$log"' EXIT

# url_of TEXT: what the service's output has after "serves", as soon as it is there
url_of() {
    until grep -q "$1: .*serves http" "$log"; do
        kill -0 "$service" 2>/dev/null || { cat "$log" >&2; exit 1; }
        sleep 0.05
    done
    sed -n "s/^$1: .*serves \(http:\/\/[0-9.:]*\).*/\1/p" "$log" | tail -n 1
}

step "1/5 a build without a profile, ready to be profiled"
run pgo-build -pgo=off make -s
cp server server-plain

step "2/5 it serves, with a profiler inside, and clients ask"
echo "    \$ PGO_COLLECT_HTTP=127.0.0.1:0 ./server-plain --port 0 &"
PGO_COLLECT_HTTP=127.0.0.1:0 ./server-plain --port 0 >"$log" 2>&1 &
service=$!
address=$(url_of server)
profiler=$(url_of libpgocollect)
cat "$log"
echo "    \$ ./load --seconds $((seconds + 1)) ${address##*:} &"
./load --seconds $((seconds + 1)) "${address##*:}" &
load=$!

step "3/5 a profile of $seconds seconds, over HTTP, from the running service"
run curl -sSfo cpu.pprof "$profiler/debug/pprof/profile?seconds=$seconds"
wait $load
load=''
echo "    \$ curl -s $profiler/metrics | grep ^search_requests_total"
curl -sSf "$profiler/metrics" | grep '^search_requests_total.* [1-9]'
end "$service"
service=''
run pgo-convert -o default.pgo cpu.pprof

step "4/5 default.pgo lies next to the source: build again"
run pgo-build make -s

step "5/5 what did it bring? $replay requests, the same for both"
run pgo-bench -n "$pairs" --base="./server-plain --replay $replay" \
    --test="./server --replay $replay" --check-output
