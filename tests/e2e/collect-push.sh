#!/bin/sh
# Profiles pushed to a server with Pyroscope's ingest API, here one of python3: the form of the
# request and the profile in it; a server that fails at first gets the profile later.
#
# usage: collect-push.sh BIN_DIR SOURCE_DIR
# shellcheck source=tests/e2e/collect-program
. "$(dirname "$0")/collect-program"
need cc go python3

cc -O2 -g -fno-omit-frame-pointer "$source/tests/data/served.c" -o served

cat >server.py <<'END_PYTHON'
"""Answers 503, then 200; each request's line, and the file "profile" of its form, into files."""
import email, http.server, os

class Ingest(http.server.BaseHTTPRequestHandler):
    count = 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        number, Ingest.count = Ingest.count, Ingest.count + 1
        form = email.message_from_bytes(b"Content-Type: " + self.headers["Content-Type"].encode() +
                                        b"\r\n\r\n" + body)
        parts = {part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
                 for part in form.get_payload()}
        with open(f"profile.{number}", "wb") as file:
            file.write(parts["profile"])
        with open("new", "w") as file:
            file.write(f"{self.path}\n{list(parts)}\n")
        os.rename("new", f"request.{number}")
        self.send_response(503 if number == 0 else 200)
        self.end_headers()

    def log_message(self, *args):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Ingest)
with open("port.new", "w") as file:
    print(server.server_port, file=file)
os.rename("port.new", "port")
server.serve_forever()
END_PYTHON
python3 server.py 2>server.log &
server=$!
others=$server
until [ -f port ]; do
    kill -0 $server || { cat server.log; fail "the server has ended"; }
    sleep 0.05
done

PGO_COLLECT_PUSH="http://127.0.0.1:$(cat port)/ingest?name=shop{env=test}" \
    PGO_COLLECT_INTERVAL=1 LD_PRELOAD=$library ./served 2>said &
program=$!
until [ -f request.2 ]; do
    kill -0 $program || { cat said; fail "the program has ended"; }
    kill -0 $server || { cat server.log; fail "the server has ended"; }
    sleep 0.1
done
end_program

grep -q 'status 503' said || { cat said; fail "the failure is not said"; }
[ "$(wc -l <said)" = 1 ] || { cat said; fail "more than one line"; }
for number in 0 1 2; do
    python3 - "$(head -n 1 request.$number)" <<'END_PYTHON' || fail "the query"
import sys, urllib.parse
url = urllib.parse.urlsplit(sys.argv[1])
query = urllib.parse.parse_qs(url.query, strict_parsing=True)
assert url.path == "/ingest", url
assert query["name"] == ["shop{env=test}"] and query["format"] == ["pprof"], query
assert query["sampleRate"] == ["100"], query
assert 0 <= int(query["until"][0]) - int(query["from"][0]) < 600, query
END_PYTHON
    tail -n 1 request.$number | grep -q "^\['profile'\]$" || fail "the form"
    go tool pprof -raw profile.$number 2>messages | grep -q ' hot ' ||
        { cat messages; fail "profile.$number"; }
done
# The server took at the second attempt what it had not taken at the first.
cmp -s profile.0 profile.1 || fail "the first profile was lost"

# Nobody listens, or no such form of URL: said once, and the program does not care.
PGO_COLLECT_PUSH=https://127.0.0.1/ LD_PRELOAD=$library /bin/true 2>said || fail "https"
grep -q 'PGO_COLLECT_PUSH: https://127.0.0.1/: expected http://HOST:PORT/ingest' said ||
    { cat said; fail "https is not refused"; }
