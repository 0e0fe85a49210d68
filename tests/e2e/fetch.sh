#!/bin/sh
# pgo-collect fetch against a server that does everything servers do: profiles, errors, back-ends
# in their documented form, TLS, redirects, and against a real program with libpgocollect.
#
# usage: fetch.sh BIN_DIR SOURCE_DIR
# shellcheck source=tests/e2e/collect-program
. "$(dirname "$0")/collect-program"
need cc openssl python3
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy NO_PROXY no_proxy

# An authority, a server and a client that it vouches for.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=our CA" \
    -keyout ca.key -out ca.pem 2>openssl.log || { cat openssl.log; fail "openssl"; }
for name in server client; do
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" \
        -keyout $name.key -out $name.csr 2>openssl.log || { cat openssl.log; fail "openssl"; }
    echo "subjectAltName=IP:127.0.0.1" >extensions
    openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
        -extfile extensions -out $name.crt 2>openssl.log || { cat openssl.log; fail "openssl"; }
    cat $name.crt $name.key >$name.pem
done

python3 "$source/tests/e2e/fetch-server.py" "$source/tests/fuzz/corpus/pprof/hello.pprof" . \
    2>said &
program=$!
until_true test -f ports
read -r plain other tls client <ports
url=http://127.0.0.1:$plain

# good MESSAGE ARG...: it comes; good.pgo is what came, `said` what was said.
good() {
    what=$1
    shift
    pgo-collect fetch --timeout 30 -f -o good.pgo "$@" >said 2>&1 || { cat said; fail "$what"; }
    gzip -dc good.pgo >content || fail "$what: not gzipped"
    grep -q 'samples from ' said || { cat said; fail "$what: nothing is said"; }
}
# bad TEXT ARG...: it fails with exit code 1 and that text, and writes nothing.
bad() {
    text=$1
    shift
    rm -f bad.pgo
    code=0
    pgo-collect fetch --retries 0 --timeout 30 -o bad.pgo "$@" >said 2>&1 || code=$?
    [ $code = 1 ] || { cat said; fail "$text: exit code $code"; }
    grep -q -e "$text" said || { cat said; fail "expected: $text"; }
    grep -q '^hint: ' said || { cat said; fail "$text: no hint"; }
    [ ! -e bad.pgo ] || fail "$text: something was written"
}
# no_secret: nothing of what must stay hidden was said or written.
no_secret() {
    if grep -a -e '-secret' -e token-in said content; then fail "a secret was shown"; fi
}

# Plain: the default path as go tool pprof has it; where it is from stands in the profile.
good "host and port" "127.0.0.1:$plain"
grep -q 'plain GET /debug/pprof/profile?seconds=30$' requests || { cat requests; fail "default path"; }
grep -aq "samples from $url/debug/pprof/profile?seconds=30, 30 s" content || fail "provenance"
good "seconds" --seconds 2 "$url/good/profile?seconds=5&token=token-in-url"
grep -q 'GET /good/profile?token=token-in-url&seconds=2$' requests || { cat requests; fail "seconds"; }
no_secret
good "slow" "$url/slow"
pgo-collect fetch -o - "$url/good" >piped.pgo 2>said || { cat said; fail "to standard output"; }
cmp -s piped.pgo good.pgo || [ -s piped.pgo ] || fail "standard output"

# Nothing is overwritten, and that is known before anybody is asked.
echo mine >mine.pgo
: >requests
pgo-collect fetch -o mine.pgo "$url/good" 2>said && fail "overwritten"
grep -q 'exists already' said || { cat said; fail "overwriting"; }
[ ! -s requests ] || fail "asked although the file exists"
[ "$(cat mine.pgo)" = mine ] || fail "overwritten"

# What servers do wrong.
bad 'stopped coming after 100 bytes' --timeout 1 --seconds 100 "$url/stall"
bad 'no answer in time' --timeout 1 "$url/silent"
bad 'cut off' "$url/cut"
bad 'gzip: truncated' "$url/short"
bad 'more than 5 redirects' "$url/circle"
no_secret
bad 'page of HTML, expected a profile: Sign in' "$url/html"
bad 'no samples' "$url/empty"
bad 'HTTP status 404: 404 page not found' "$url/nothing"
bad 'HTTP status 500: no profile today' "$url/refusal"
bad 'larger than 1048576 bytes' --max-size 1M "$url/bomb"
bad 'larger than 1048576 bytes' --max-size 1M "$url/endless"
bad 'larger than 1048576 bytes' --max-size 1M "$url/huge"
bad 'not http' "$url/file"
bad 'HTTP status 503: one at a time' "$url/later"
bad 'connect' http://127.0.0.1:1/
good "busy at first" "$url/busy"
[ "$(grep -c 'GET /busy$' requests)" = 3 ] || { cat requests; fail "tries"; }

# Passwords and tokens: from files, .netrc, and the URL; none is shown, none goes elsewhere.
bad 'HTTP status 401: who are you' "$url/login"
(umask 077 && echo bearer-secret >token && echo al:file-secret >user)
good "token" --bearer-file token "$url/login"
good "user" --user-file user "$url/login"
good "user in the URL" "http://al:url-secret@127.0.0.1:$plain/login"
no_secret
(umask 077 && echo 'machine 127.0.0.1 login al password netrc-secret' >.netrc)
good "netrc" "$url/login"
good "a redirect on the same server" --bearer-file token "$url/moved"
bad 'HTTP status 403: you sent Bearer \*\*\* and \*\*\*' --bearer-file token -H 'X-Key: key-secret' "$url/echo"
no_secret
chmod 644 token
good "token that others can read" --bearer-file token "$url/login"
grep -q 'warning: token can be read by others' said || { cat said; fail "no warning"; }
: >requests
for way in "--bearer-file token" "--user-file user" ""; do
    # shellcheck disable=SC2086 # options
    good "elsewhere" $way -H 'X-Key: key-secret' -H 'Cookie: cookie-secret' "$url/elsewhere"
done
grep -q '^plain .*X-Key=key-secret' requests || { cat requests; fail "no header"; }
[ "$(grep -c '^other GET /good$' requests)" = 3 ] || { cat requests; fail "credentials went elsewhere"; }
no_secret

# A proxy of the environment.
http_proxy=http://127.0.0.1:$other good "proxy" http://nowhere.invalid/good
grep -q '^other GET http://nowhere.invalid/good' requests || { cat requests; fail "no proxy"; }

# TLS: verified, both ways.
bad 'certificate is not accepted' "https://127.0.0.1:$tls/good"
good "TLS" --cacert ca.pem "https://127.0.0.1:$tls/good"
bad 'certificate is not accepted' --cacert ca.pem "https://localhost:$tls/good"
good "client certificate" --cacert ca.pem --cert client.crt --key client.key "https://127.0.0.1:$client/good"
good "client certificate with its key" --cacert ca.pem --cert client.pem "https://127.0.0.1:$client/good"
pgo-collect fetch --retries 0 --cacert ca.pem -o bad.pgo "https://127.0.0.1:$client/good" 2>said &&
    fail "without the client's certificate"
pgo-collect fetch --cacert ca.pem -o bad.pgo "https://127.0.0.1:$tls/downgrade" 2>said &&
    fail "from https to http"
grep -q 'redirect from https to http' said || { cat said; fail "from https to http"; }

# A unix socket.
good "unix socket" --unix-socket socket http://localhost
grep -q '^unix GET /debug/pprof/profile?seconds=30' requests || { cat requests; fail "unix socket"; }

# Pyroscope and Parca.
window="--from 2026-11-20T08:00:00Z --to 1795165200"
# shellcheck disable=SC2086 # options
{
    good "Pyroscope" $window --query '{service_name="shop"}' "pyroscope+$url"
    grep -aq 'shop"} from 2026-11-20T08:00:00Z to 2026-11-20T09:00:00Z' content || fail "provenance"
    bad 'HTTP status 400: not found' $window --query '{service_name="x"}' "pyroscope+$url" || true
    good "Parca" $window --query 'cpu:samples:count:cpu:nanoseconds:delta{comm="a b"}' "parca+$url"
    bad 'HTTP status 404: no profiles: cpu:x' $window --query 'cpu:x{}' "$url/api/profiles/query"
}

# Several at once: the sum of what came; what failed is said, and fails only if that is asked for.
samples_of() { sed -n 's/.*: \([0-9]*\) samples from .*/\1/p' said; }
good "one of several" "$url/good"
one=$(samples_of)
good "several" "$url/good" "$url/slow" "127.0.0.1:$other"
[ "$(samples_of)" = $((3 * one)) ] || { cat said; fail "not the sum of three: $one each"; }
[ "$(grep -ao 'fetched: ' content | wc -l)" = 3 ] || fail "provenance of three"
good "partial success" --retries 0 "$url/good" "$url/nothing" "$url/html" "$url/slow"
[ "$(samples_of)" = $((2 * one)) ] || { cat said; fail "not the sum of two"; }
for text in '/nothing: HTTP status 404' '/html: .*Sign in' 'from 2 of 4 URLs'; do
    grep -q "$text" said || { cat said; fail "not said: $text"; }
done
for arguments in "--strict $url/good $url/nothing" "$url/html $url/nothing"; do
    # shellcheck disable=SC2086 # arguments
    pgo-collect fetch --retries 0 -o bad.pgo $arguments 2>said && { cat said; fail "$arguments"; }
    grep -q 'nothing written' said || { cat said; fail "$arguments"; }
    [ ! -e bad.pgo ] || fail "$arguments: something was written"
done

# The gate: a port that another program has taken, a profile of memory, too few samples.
bad 'a profile of nginx, expected one of hello' --program=hello "$url/other"
bad 'a profile of memory' "$url/heap"
bad '7 samples, expected at least 8' --min-samples 8 "$url/other"
good "the program alone" --program=hello "$url/good" "$url/other"
[ "$(samples_of)" = "$one" ] || { cat said; fail "nginx was added"; }
good "another one" "$url/good" "$url/other"
grep -q "warning: 1 of 2 profiles is of another program: of nginx" said ||
    { cat said; fail "no warning"; }
end_program

# A real program: symbolized here, ready for a build.
cc -O2 -g -fno-omit-frame-pointer "$source/tests/data/served.c" -o served
PGO_COLLECT_HTTP=unix:$scratch/served.socket LD_PRELOAD=$library ./served 2>said &
program=$!
until_true test -S served.socket
fetches() { # on a busy machine a second may have no sample
    pgo-collect fetch --seconds 1 --unix-socket served.socket http://localhost 2>fetched
}
until_true fetches
grep -q 'with a source line' fetched || { cat fetched; fail "not symbolized"; }
grep -q 'default.pgo: .* written; next: pgo-build make' fetched || { cat fetched; fail "what is next"; }
pgo-convert -o text.pgo default.pgo 2>converted || { cat converted; fail "pgo-convert"; }
grep -q '^hot:' text.pgo || { cat text.pgo; fail "no hot in the profile"; }
