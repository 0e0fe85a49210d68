#!/bin/sh
# examples/server by its own demo.sh, in a short form, by clang and gcc: the profile that the running
# service gave over HTTP has its hot functions and labels, the next build takes it, and answers stay
# the same; /metrics counts what was asked; broken requests are refused, and harm nobody.
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need clang-22 gcc make curl go pkg-config python3

export PKG_CONFIG_PATH="$bin/../lib/pkgconfig"
cp -r "$source/examples/server" server
mkdir server/.git # a project of its own
cd server || exit 1
rm -f default.pgo ./*.o server server-plain load

service=
end_service() {
    [ -z "$service" ] || { kill "$service"; wait "$service"; }
    service=
}
trap 'end_service; rm -rf "$scratch"' EXIT

# start PROGRAM: serves; url, profiler: where
start() {
    : >said # now: the shell in the background may be late to empty it
    PGO_COLLECT_HTTP=127.0.0.1:0 "$@" --port 0 --documents 2000 >said 2>&1 &
    service=$!
    until grep -q '^server: 2000 documents, serves http' said; do
        kill -0 $service 2>/dev/null || { cat said; fail "$1 does not serve"; }
        sleep 0.05
    done
    url=$(sed -n 's/^server: .*serves \(.*\)\/$/\1/p' said)
    profiler=$(sed -n 's/^libpgocollect: serves \(.*\)\/debug\/pprof\/$/\1/p' said)
}

# has_hot_functions: in the profile and in what came of it
has_hot_functions() {
    go tool pprof -raw cpu.pprof >raw 2>/dev/null || fail "go tool pprof"
    for hot in tokens_next search_run; do
        grep -q " $hot " raw && grep -Eq "(^| )$hot:" default.pgo || return 1
    done
}

# The whole loop, with a profile of two seconds. A busy machine may leave too little of them.
for seconds in 2 10 60; do
    rm -f default.pgo
    PGO_COLLECT_HZ=1000 ./demo.sh $seconds 100 11 >out 2>&1 || fail "demo.sh"
    ! has_hot_functions || break
done
has_hot_functions || fail "tokens_next or search_run is not in the profile, or not in default.pgo"
grep -Eq '^verdict: (faster|slower|no measurable difference)' out || fail "no verdict"
grep -q '15 files compiled by clang-[0-9]* with default.pgo' out || fail "the profile is not used"
grep -q 'requests by 4 connections in' out || fail "no load"
grep -q 'endpoint:\[/search\]' raw || fail "no label in the profile"

# The answers of both builds, and of gcc's, over the network.
mv server server-pgo
make -s clean || fail "make clean"
make -s CC=gcc CFLAGS='-O2 -Werror' >out 2>&1 || fail "gcc"
for program in ./server-plain ./server-pgo ./server; do
    start $program
    ./load --connections 3 --requests 600 --seed 5 "${url##*:}" >out 2>&1 || fail "load of $program"
    grep '^answers: checksum' out >>answers
    end_service
done
[ "$(sort -u answers | wc -l)" = 1 ] || { cat answers; fail "the builds answer differently"; }

# What is counted after a known number of requests, one of them broken.
start ./server
status() {
    code=$(curl -s -o body -w '%{http_code}' "$url$1")
    [ "$code" = "$2" ] || { cat body; fail "$1: $code, expected $2"; }
}
status '/search?q=dar+ber&limit=3' 200
python3 - body <<'END_PYTHON' || fail "the answer"
import json, sys
answer = json.load(open(sys.argv[1]))
hits = answer["hits"]
assert answer["total"] >= len(hits) == 3, answer
assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)
assert all("[" in hit["snippet"] or "dar" in hit["title"].lower() for hit in hits), hits
END_PYTHON
status '/search?q=%22nothing%22' 200
status '/search?q=' 200
status /search 400
for bad in 0 51 -1 x '' 99999999999999999999; do status "/search?q=dar&limit=$bad" 400; done
status '/suggest?prefix=ba' 200
grep -q '"ba[a-z]*"' body || fail "no suggestion"
status '/document?id=1999' 200
status '/document?id=2000' 404
status '/document?id=%30%zz' 400
status /health 200
status /nothing 404
curl -sSf "$profiler/metrics" >metrics || fail "metrics"
while read -r line; do
    grep -qxF "$line" metrics || { grep '^search' metrics; fail "metrics: expected $line"; }
done <<'END'
search_requests_total{endpoint="/search",status="200"} 3
search_requests_total{endpoint="/search",status="400"} 7
search_requests_total{endpoint="/suggest",status="200"} 1
search_requests_total{endpoint="/document",status="200"} 1
search_requests_total{endpoint="/document",status="404"} 1
search_requests_total{endpoint="/health",status="200"} 1
search_requests_total{endpoint="other",status="400"} 1
search_requests_total{endpoint="other",status="404"} 1
search_request_seconds_count{endpoint="/search"} 10
search_documents 2000.0
END
grep -q '^search_request_seconds_bucket{endpoint="/search",le="+Inf"} 10$' metrics ||
    fail "the histogram"

# Requests in pieces, several at once, broken ones, large ones; clients that take no answer.
python3 - "${url##*:}" <<'END_PYTHON' || fail "clients"
import re, socket, sys, time
port = int(sys.argv[1])
HEALTH = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"

def connect():
    return socket.create_connection(("127.0.0.1", port), timeout=60)

def ask(*pieces):
    with connect() as client:
        for piece in pieces:
            client.sendall(piece)
            if len(pieces) > 1:
                time.sleep(0.002)
        answer = b""
        try:
            while got := client.recv(65536):
                answer += got
        except ConnectionError:
            pass
        return answer

def expect(statuses, *pieces):
    answer = ask(*pieces)
    got = [int(s) for s in re.findall(rb"HTTP/1\.1 (\d+) ", answer)]
    assert got == statuses, (pieces[0][:60], got, statuses)

LAST = HEALTH.replace(b"Host: x", b"Host: x\r\nConnection: close")
expect([200], LAST)
expect([200], *[LAST[i:i + 1] for i in range(len(LAST))])
expect([200] * 51, HEALTH * 50 + LAST)
expect([200, 400], HEALTH + b"nonsense\r\n\r\n" + HEALTH)
expect([200], b"GET /health HTTP/1.0\r\n\r\n")
expect([200], b"\r\nGET http://x/health HTTP/1.1\r\nhOsT:x\r\nConnection: foo, Close\r\n\r\n")
assert ask(LAST.replace(b"GET", b"HEAD")).endswith(b"\r\n\r\n")
for head, status in [
        (b"GET /health\r\n", 400), (b"GET  /health HTTP/1.1\r\nHost: x\r\n", 400),
        (b"GET /health HTTP/1.1\r\n", 400), (b"GET /health HTTP/1.1\r\nHost: x\r\nHost: y\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost : x\r\n", 400), (b"GET /health HTTP/2.0\r\nHost: x\r\n", 505),
        (b"GET health HTTP/1.1\r\nHost: x\r\n", 400), (b"GET /%00 HTTP/1.1\r\nHost: x\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: x\r\n folded: y\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: x\nX: y\r\n", 400),
        (b"GET /he\0alth HTTP/1.1\r\nHost: x\r\n", 400), (b"GET /% HTTP/1.1\r\nHost: x\r\n", 400),
        (b"POST /search HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n", 405),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n", 413),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -2\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n", 501)]:
    expect([status], head + b"\r\n")
expect([431], b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 100000 + b"\r\n\r\n")
expect([200], LAST.replace(b"\r\n\r\n", b"\r\nX: " + b"x" * 8000 + b"\r\n\r\n"))
assert ask(LAST.replace(b"\r\n\r\n", b"\r\n" + b"X: y\r\n" * 900 + b"\r\n")).startswith(b"HTTP/1.1 200")

crowd = [connect() for _ in range(600)] # more than it takes
silent = connect()
silent.setblocking(False)
try:
    while True:
        silent.send(b"GET /search?q=dar&limit=50 HTTP/1.1\r\nHost: x\r\n\r\n" * 100)
except (BlockingIOError, ConnectionError): # or it is one too many, and closed
    pass
for client in crowd:
    client.close()
deadline = time.monotonic() + 60
while True: # until the server has noticed that the crowd has gone
    try:
        expect([200], LAST)
        break
    except AssertionError:
        assert time.monotonic() < deadline
END_PYTHON
end_service

./server --port 1x 2>out && fail "a bad port"
grep -q '^usage: server' out || fail "no usage"
./load --requests 2 --connections 3 80 2>out && fail "fewer requests than connections"
grep -q '^usage: load' out || fail "no usage"
echo "all good"
