#!/bin/sh
# The pages of libpgocollect, preloaded into a program that knows nothing of it, as other people's
# programs read them: curl and go tool pprof, over loopback and a unix socket; and bad clients.
#
# usage: collect-http.sh BIN_DIR SOURCE_DIR
# shellcheck source=tests/e2e/collect-program
. "$(dirname "$0")/collect-program"
need cc clang-22 curl go python3

clang-22 -O2 -g -fdebug-info-for-profiling -fno-omit-frame-pointer "$source/tests/data/served.c" \
    -o served

# start ADDRESS [VARIABLE=VALUE...]: the program, in the background; said: what it says
start() {
    address=$1
    shift
    env "$@" PGO_COLLECT_HTTP="$address" LD_PRELOAD="$library" SECRET=environment-value \
        ./served --password=argument-value 2>said &
    program=$!
}

# A port that the system chose is said.
start 127.0.0.1:0
until_true grep -q 'serves http://127.0.0.1:[1-9][0-9]*/debug/pprof/$' said
url=$(sed -n 's/.*serves \(http.*\)\/debug\/pprof\/$/\1/p' said)

# By go tool pprof: the functions, their callers, and the period. On a busy machine a second may have
# no sample.
shows_hot() {
    go tool pprof -raw "$@" >raw 2>messages && grep -q ' hot ' raw
}
until_true shows_hot "$url/debug/pprof/profile?seconds=1"
for expected in 'samples/count cpu/nanoseconds' 'Period: 10000000' ' hot ' ' middle '; do
    grep -q "$expected" raw || { cat raw messages; fail "go tool pprof -raw has no '$expected'"; }
done

# By curl: of two at a time one is told when to come back.
fetch() {
    curl -sS -D "headers.$1" -o "cpu.$1" "$url/pprof/profile?seconds=1"
}
until grep -q '^HTTP/1.1 503 ' headers.1 headers.2 2>/dev/null; do
    fetch 1 &
    first=$!
    fetch 2 || fail "curl"
    wait $first || fail "curl"
done
served=1 refused=2
if grep -q '^HTTP/1.1 503 ' headers.1; then served=2 refused=1; fi
grep -q '^Retry-After: [0-9]' headers.$refused || { cat headers.$refused; fail "no Retry-After"; }
mv headers.$served headers
grep -q '^Content-Type: application/octet-stream' headers || { cat headers; fail "Content-Type"; }
grep -q '^Content-Disposition: attachment; filename="profile"' headers || fail "Content-Disposition"

# ... and to a default.pgo.
converts_hot() {
    curl -fsS -o cpu.pprof "$url/debug/pprof/profile?seconds=1" &&
        pgo-convert -o default.pgo cpu.pprof && grep -q '^hot:' default.pgo
}
until_true converts_hot

# A client that goes away leaves the next one a free profiler.
curl -sS -m 0.3 -o /dev/null "$url/debug/pprof/profile?seconds=600" 2>/dev/null &&
    fail "a profile of 600 seconds has ended"
until_true curl -fsS -o /dev/null "$url/debug/pprof/profile?seconds=1"

# status PATH EXPECTED
status() {
    code=$(curl -sS -o body -w '%{http_code}' "$url$1")
    [ "$code" = "$2" ] || { cat body; fail "$1: $code, expected $2"; }
}
for bad in 0 601 -1 x 1.5 99999999999999999999; do
    status "/debug/pprof/profile?seconds=$bad" 400
done
status /debug/pprof/heaps 404
status /debug/pprof 302
status /debug/pprof/ 200
grep -q '<title>served: profiles</title>' body || fail "the index page"

# No page has a value of the environment or of an argument.
for page in / /debug/pprof/ /debug/pprof/cmdline /metrics /nothing; do
    curl -sSL "$url$page" >>pages
done
gzip -dc <cpu.pprof >>pages
if grep -aE 'argument-value|environment-value' pages; then fail "a page shows a value"; fi
[ "$(curl -sS "$url/debug/pprof/cmdline")" = served ] || fail "cmdline"
curl -sS "$url/metrics" | grep -q '^process_open_fds [0-9]' || fail "process_open_fds"
curl -sS "$url/metrics" | sed -n 's/^# TYPE \([^ ]*\) .*/\1/p' >names
while read -r name; do
    grep -qw "$name" "$source/docs/man/libpgocollect.7" || fail "$name is not in libpgocollect(7)"
done <names
[ "$(wc -l <names)" -ge 20 ] || fail "less than 20 metrics"

# The port is taken: a process that ends soon says nothing, another one does, and goes on; in the end
# it serves there.
PGO_COLLECT_HTTP=${url#http://} LD_PRELOAD=$library /bin/true 2>taken || fail "a taken port"
[ ! -s taken ] || { cat taken; fail "said too soon"; }
PGO_COLLECT_HTTP=${url#http://} LD_PRELOAD=$library ./served 2>taken &
others=$!
until_true grep -q 'PGO_COLLECT_HTTP: 127.0.0.1:.* in use' taken

# Nothing of what broken or hostile clients send stops it.
python3 - "$url" <<'END_PYTHON' || fail "bad clients"
import socket, sys
host, port = sys.argv[1][len("http://"):].split(":")

def ask(data, end=False):
    with socket.create_connection((host, int(port)), timeout=60) as client:
        try:
            client.sendall(data)
            if end:
                client.shutdown(socket.SHUT_WR)
            answer = b""
            while True:
                got = client.recv(65536)
                if not got:
                    return answer
                answer += got
        except ConnectionError:
            return b""

def expect(data, status):
    answer = ask(data)
    assert answer.startswith(b"HTTP/1.1 " + status), (data[:80], answer[:200])

expect(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"400")
expect(b"GET /metrics\r\n\r\n", b"400")
expect(b"POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello", b"405")
expect(b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 1000000 + b"\r\n\r\n", b"431")
expect(b"GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n", b"403")
expect(b"GET /metrics HTTP/3.0\r\nHost: localhost\r\n\r\n", b"505")
assert ask(b"GET / HT", end=True) == b""

slow = [socket.create_connection((host, int(port))) for _ in range(20)]
for client in slow:
    client.sendall(b"GET / HTTP/1.1\r\n")
expect(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", b"200")

# A thousand at once: a connection that is beyond what the server takes is told so, or ended.
crowd, statuses = [socket.create_connection((host, int(port))) for _ in range(1000)], []
for client in crowd:
    try:
        client.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
    except ConnectionError:
        pass
for client in crowd:
    try:
        statuses.append(client.recv(65536)[9:12])
    except ConnectionError:
        statuses.append(b"")
    client.close()
assert set(statuses) <= {b"200", b"503", b""} and b"200" in statuses, statuses
for client in slow:
    client.close()
END_PYTHON
until_true curl -fsS -o /dev/null "$url/metrics"
end_program
program=$others
is_served_by_other() {
    curl -fsS "$url/debug/pprof/" | grep -q "process $others,"
}
until_true is_served_by_other
[ "$(grep -c . taken)" = 2 ] || { cat taken; fail "not one message with a hint"; }
end_program
others=

# A unix socket, for its owner alone; arguments when asked for.
start "unix:$scratch/%p.sock" PGO_COLLECT_CMDLINE=1
until_true test -S "$program.sock"
shows_hot_over_socket() {
    curl -fsS --unix-socket "$program.sock" -o cpu.pprof \
        'http://localhost/debug/pprof/profile?seconds=1' && shows_hot cpu.pprof
}
until_true shows_hot_over_socket
[ "$(stat -c %a "$program.sock")" = 600 ] || fail "the socket's mode"
curl -sS --unix-socket "$program.sock" http://localhost/debug/pprof/cmdline | tr '\0' ' ' |
    grep -q '^./served --password=argument-value$' || fail "arguments, asked for"
[ -s said ] && { cat said; fail "something was said"; }
end_program

# Beyond loopback only in so many words, and then with a warning.
start 0.0.0.0:0
until_true grep -q 'warning: 0.0.0.0:.*other machines' said
end_program
PGO_COLLECT_HTTP=some.host:6060 LD_PRELOAD=$library /bin/true 2>refused || fail "a bad address"
grep -q 'PGO_COLLECT_HTTP: some.host:6060: expected ADDRESS:PORT or unix:PATH' refused ||
    { cat refused; fail "a name as address"; }
