#!/bin/sh
# ci/refresh.sh end to end: a first profile, one of the same work, one of other work; from files and
# over HTTP; what fails leaves default.pgo as it was; values that a shell would run.
#
# usage: ci-refresh.sh BIN_DIR SOURCE_DIR
# shellcheck disable=SC2016 # the $ is for others
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
PATH=$bin/../tests/tools:$PATH
need clang-22 make git objdump python3 make_pprof

write_project p
rm p/default.pgo
git -c init.defaultBranch=main init -q p
(cd p && pgo-build make) >out 2>&1 || fail "the build"
objdump -d --no-show-raw-insn p/app >code || fail "objdump"

# recording HOT RARE FILE: a pprof with so many samples of each instruction of hot() and rare()
recording() {
    awk -v hot="$1" -v rare="$2" '
        / <.*>:$/ { count = $2 == "<hot>:" ? hot : $2 == "<rare>:" ? rare : 0 }
        /^ *[0-9a-f]+:/ && count { sub(":", "", $1); print $1, count }' code >counts
    printf 'type samples count\nperiod cpu nanoseconds 10000000\ntime %d000000000 60000000000\n' \
        1795000000 >description
    echo "binary p/app 0 counts $PWD/p/app" >>description
    make_pprof <description >"$3" || fail "make_pprof"
}
recording 500 20 first.pprof
recording 505 20 second.pprof
recording 10 2000 third.pprof
recording 1 1 few.pprof

# job CODE [NAME=VALUE]...: refresh.sh in the folder p, into the folder r
job() {
    expected=$1
    shift
    (cd p && env PGO_CI_OUT="$scratch/r" "$@" "$source/ci/refresh.sh") >out 2>&1 </dev/null
    code=$?
    [ $code = "$expected" ] || fail "exit code $code, expected $expected: $*"
}
summary() { grep -q -- "$1" r/refresh.md || { cat r/refresh.md; fail "not in refresh.md: $1"; }; }

job 0 PGO_CI_SOURCES=../first.pprof
cmp p/default.pgo r/default.pgo || fail "the first profile"
summary '^- now: <code>[0-9]* samples from 2026-11-18T'
grep -q '^default.pgo: refresh' r/commit.txt || fail "commit.txt"
job 0 PGO_CI_SOURCES=../second.pprof PGO_CI_BUILT=app
summary '^- 0 of 3 source files that the profile knows'
summary ' functions kept from '
summary '^- against the binary: '
job 0 PGO_CI_SOURCES='../third.pprof

../second.pprof@2' PGO_CI_APPLY=no
cmp -s p/default.pgo r/default.pgo && fail "other work, and the same profile"
cp p/default.pgo good.pgo
job 0 PGO_CI_SOURCES='../third.pprof'
summary '^- [1-3] of 3 source files'
sed -n '/^### Became hot/,/^### Became cold/p' r/refresh.md | grep -q '^- .* <code>rare</code>' ||
    fail "rare() did not become hot"
[ "$(ls p)" = "$(printf '%s\n' Makefile app cold.c cold.o default.pgo hot.c hot.o main.c main.o)" ] ||
    fail "files are left in the project"

# What is no good changes nothing.
cp good.pgo p/default.pgo
echo damaged >damaged.pprof
for sources in ../few.pprof ../missing.pprof ../damaged.pprof 'http://127.0.0.1:1/none'; do
    job 1 PGO_CI_SOURCES="$sources"
    [ ! -e r/default.pgo ] || fail "a result that did not pass: $sources"
done
grep -q '^hint: default.pgo is as it was' out || fail "no hint"
job 1 PGO_CI_SOURCES=../first.pprof PGO_CI_BINARIES=/bin/true PGO_CI_STRICT=yes
job 2 PGO_CI_SOURCE=../first.pprof
job 2
cmp p/default.pgo good.pgo || fail "a bad profile was taken"

# Values are data.
bad='$(touch '"$scratch"'/pwned) `touch '"$scratch"'/pwned`; touch '"$scratch"'/pwned "'\''
::error::x'
for name in MIN_SAMPLES STRICT BUILT SECONDS APPLY; do
    job 2 PGO_CI_SOURCES=../first.pprof PGO_CI_$name="$bad"
done
for name in SOURCES BINARIES QUERY FROM TO BEARER_FILE CACERT; do
    job 1 PGO_CI_SOURCES='../first.pprof
http://127.0.0.1:1' PGO_CI_$name="$bad"
done
grep -q '^::error' out && fail "a value makes a line of its own"
[ ! -e pwned ] || fail "a value was run"
odd='o d "$(touch pwned)"'
cp first.pprof "$odd.pprof"
job 0 PGO_CI_SOURCES="$scratch/$odd.pprof" PGO_CI_OUT="$scratch/$odd" PGO_CI_PROFILE="$odd.pgo"
[ -s "p/$odd.pgo" ] || fail "an odd name"
cmp p/default.pgo good.pgo || fail "another profile was meant"

# Over HTTP: a server of files, on a free port.
python3 -u -c 'import functools, http.server
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=".")
server = http.server.HTTPServer(("127.0.0.1", 0), handler)
print(server.server_port, flush=True)
server.serve_forever()' >port 2>log &
server=$!
trap 'kill $server; rm -rf "$scratch"' EXIT
until [ -s port ]; do sleep 0.05; done
job 0 PGO_CI_SOURCES="http://127.0.0.1:$(cat port)/second.pprof
../first.pprof"
summary '^- now: '
exit 0
