#!/bin/sh
# ci/compare.sh end to end: a report with and without a gate, what it says of what does not work,
# values that a shell would run, a source that cannot be written, no network.
#
# usage: ci-compare.sh BIN_DIR SOURCE_DIR
#
# What the builds do differently is told by estimates (valgrind), which are the same in every run.
# shellcheck disable=SC2015,SC2016 # "A && B || fail" is meant; the $ is for others
# shellcheck source=tests/e2e/build-project
. "$(dirname "$0")/build-project"
need clang-22 make git valgrind python3

# job CODE [NAME=VALUE]...: compare.sh in the folder p, into the folder r
job() {
    expected=$1
    shift
    (cd p && env PGO_CI_PROGRAM=app PGO_CI_MODE=instructions PGO_CI_OUT="$scratch/r" "$@" \
        "$source/ci/compare.sh") >out 2>&1 </dev/null
    code=$?
    [ $code = "$expected" ] || fail "exit code $code, expected $expected: $*"
}

# reported EXPRESSION: is true of the report, r
reported() {
    python3 -c 'import json, sys
r = json.load(open("r/report.json", encoding="utf-8"))
f = json.load(open("r/build-facts.json", encoding="utf-8"))
assert f == r["facts"] and f["form"] == "pgo-bench facts 1"
b, names = r["benchmarks"], [build["name"] for build in f["builds"]]
sys.exit(not eval(sys.argv[1]))' "$1" || fail "not true of the report: $1"
}

# state: of all that is in the project
state() { (cd p && find . -type f -exec md5sum {} + -o -printf '%p %m %l\n' && find . -printf '%p %T@ %i\n') | sort; }

write_project p
git -c init.defaultBranch=main init -q p
printf '*.o\nignored\n' >p/.gitignore
(cd p && git add . && git -c user.name=t -c user.email=t@example.org commit -qm all)
echo 'no object' >p/hot.o # of an earlier build: not to be copied
echo gone >p/gone && git -C p add gone && rm p/gone
state >before

# The three builds, the verdict, the files; nothing changes in the project.
# By its folder a build knows which one it is: without the profile everything is done twice.
twice='case $PWD in */base) n=200000;; *) n=100000;; esac; sed -i "s/100000/$n/" main.c; make'
job 0 PGO_CI_BUILD="$twice"
reported 'not r["partial"] and r["exit_code"] == 0 and b[0]["verdict"] == "faster"'
reported 'names == ["plain", "PGO", "PGO, warm cache"] or names == ["plain", "PGO"]'
reported 'all(x["compiles"] == 3 and x["binary_bytes"] > x["text_bytes"] > 0 for x in f["builds"])'
if command -v ccache >/dev/null; then
    reported 'f["builds"][2]["cache_hits"] == 3'
fi
grep -q '^### pgo-bench: faster' r/report.md && grep -q '^| PGO |' r/report.md || fail "report.md"
grep -qi '^<!doctype html' r/benchmark-1.html || fail "no page"
[ ! -e r/pgo-compare.trees ] || fail "the copies are still there"
state | cmp - before || fail "the project was changed"

# The gate alone fails the job for being slower.
job 0 PGO_CI_BUILD="$(echo "$twice" | sed s/base/test/)"
reported 'b[0]["verdict"] == "slower"'
job 4 PGO_CI_BUILD="$(echo "$twice" | sed s/base/test/)" PGO_CI_GATE=10
reported 'not r["partial"] and r["exit_code"] == 4'

# By the clock, several benchmarks, below the project's root, the report in the project; a submodule
# is copied as git has it, and stays a project of its own.
git -C p -c protocol.file.allow=always submodule --quiet add "$scratch/p" part || fail "submodule"
echo 'no object' >p/part/hot.o
mkdir p/sub
printf 'app:\n\t$(MAKE) -C .. && cp ../app app\n' >p/sub/Makefile
sed 's/100000/30000000/' p/main.c >main.c && cp main.c p/main.c
(cd p/sub && PGO_CI_PROGRAM=app PGO_CI_PAIRS=11 PGO_CI_GATE=1000 PGO_CI_OUT=../pgo-report \
    PGO_CI_CHECK_OUTPUT=yes PGO_CI_KEEP=yes PGO_CI_BENCHMARK='{}
  sh -c '\''exec "$0" <Makefile'\'' {tree}/app
' "$source/ci/compare.sh") >out 2>&1 || fail "by the clock"
mv p/pgo-report r2 && rm -r r && mv r2 r && rm -r p/sub
copy=r/pgo-compare.trees/base
[ -e $copy/part/main.c ] && [ -e $copy/part/.git ] && [ ! -e $copy/part/hot.o ] || fail "a submodule"
[ ! -e $copy/pgo-report ] || fail "the report's folder was copied"
git -C p rm -qf part .gitmodules
reported 'len(b) == 2 and all(x["mode"] == "clock" and len(x["pairs"]) == 11 for x in b)'
reported 'b[0]["base"]["command"] == "../../base/sub/app"'
for number in 1 2; do
    [ -s r/flame-$number-difference.html ] && grep -q "difference" r/benchmark-$number.html ||
        fail "no flame graphs: $(cat r/flame-$number.log)"
done
git -C p checkout -q main.c

# What does not work: says so, and keeps what there is.
job 1 PGO_CI_BUILD='case $PWD in */test) echo no such luck; exit 7;; esac; make'
grep -q '^compare.sh: the build failed with exit code 7' out && grep -q '^no such luck' out ||
    fail "a build that fails"
reported 'r["partial"] and names == ["plain"] and not b and "exit code 7" in r["reason"]'
grep -q '^\*\*Not complete:\*\*' r/report.md || fail "report.md is not marked"
job 1 PGO_CI_BENCHMARK='{}
sh -c "exit 9" {}'
reported 'r["partial"] and len(names) >= 2 and b[0]["verdict"]'
job 1 PGO_CI_BUILD='make CC=gcc'
grep -q '^compare.sh: no compile got a profile' out || fail "gcc"
job 1 PGO_CI_PROGRAM=other
grep -q '^compare.sh: the build made no other' out || fail "another program"
job 2 PGO_CI_PROGRAM=
job 2 PGO_CI_PAIR=20
grep -q '^compare.sh: PGO_CI_PAIR: no such variable' out || fail "a misspelt variable"
job 2 PGO_CI_BENCHMARK=app
job 2 PGO_CI_OUT="$scratch/p"
job 2 PGO_CI_PROFILE=missing.pgo
(cd p && "$source/ci/compare.sh" now) >out 2>&1
[ $? = 2 ] || fail "an argument"
"$source/ci/compare.sh" --help | grep -q PGO_CI_PROGRAM || fail "--help"

# Values are data. What a shell would make of them would leave a file "pwned".
bad='a "b" '\''c'\'' $(touch '"$scratch"'/pwned) `touch '"$scratch"'/pwned`; touch '"$scratch"'/pwned
::error::x <b>&#124; |'
for name in PROFILE GATE PAIRS CHECK_OUTPUT MODE TIMEOUT COPY COLD KEEP; do
    job 2 PGO_CI_$name="$bad"
    grep -q '^::error' out && fail "PGO_CI_$name makes a line of its own"
done
job 2 PGO_CI_BENCHMARK="{} $bad"
odd='o d/"d" $(touch pwned) `touch pwned`
'\''<b>|é'
mkdir "p/o d" && cp p/default.pgo "p/o d/p \$(touch pwned)"
state >before
job 0 PGO_CI_OUT="$scratch/r/$odd" PGO_CI_PROGRAM="$odd" PGO_CI_PROFILE='o d/p $(touch pwned)' \
    PGO_CI_BUILD='make && mv app "$PGO_CI_PROGRAM"' PGO_CI_CONFIGURE='case $PWD in *base) echo;; esac'
mv "r/$odd" r2 && rm -r r && mv r2 r
reported 'f["title"] == "o d/\"d\" $(touch pwned) `touch pwned`\n'\''<b>|\u00e9" and b[0]["verdict"]'
grep -q '<b>' r/report.md && fail "markup in report.md"
[ -z "$(find . "$source/ci" -name pwned)" ] || fail "a value was run"
state | cmp - before || fail "the project was changed, by values"
rm -r "p/o d"

# Another user's source, that cannot be written, and no home; no network.
chmod -R a-w p && chmod 755 .
mkdir r3 && chmod 777 r3
as_other() { sh -c '"$@"' sh "$@"; }
if [ "$(id -u)" = 0 ]; then
    as_other() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
    unshare -n true 2>/dev/null && as_other() {
        unshare -n setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
    }
fi
if as_other test -x "$bin/pgo-build" -a -r "$source/ci/compare.sh"; then
    (cd p && as_other env -u PGO_BUILD_CACHE -u CCACHE_DIR HOME=/nonexistent PGO_CI_PROGRAM=app \
        PGO_CI_MODE=instructions PGO_CI_OUT="$scratch/r3" "$source/ci/compare.sh") >out 2>&1 ||
        fail "as another user"
    rm -r r && mv r3 r
    reported 'b[0]["verdict"] and len(names) >= 2'
else
    echo "left out: the tools cannot be read by another user"
fi
chmod -R u+w p

# As a step of a GitHub workflow: summary and outputs; an empty input is a default.
mkdir runner
(cd p && GITHUB_STEP_SUMMARY=$scratch/summary GITHUB_OUTPUT=$scratch/output RUNNER_TEMP=$scratch/runner \
    PGO_CI_PROGRAM=app PGO_CI_MODE=instructions PGO_CI_GATE='' PGO_CI_OUT='' "$source/ci/github.sh" compare) \
    >out 2>&1 || fail "as a GitHub step"
cmp summary runner/pgo-compare/report.md || fail "the summary"
grep -qx "out=$scratch/runner/pgo-compare" output && grep -q '^verdict=[a-z]' output || fail "the outputs"
