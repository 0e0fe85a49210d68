#!/bin/sh
# The page of `pgo-bench --html` in headless Chromium: its verdicts, plots, partial results, hostile commands; readable
# on a phone; no word on the console, no network request. bench-browser is what a reader would look at.
#
# usage: bench-page.sh BIN_DIR SOURCE_DIR
set -eu
bin=$(cd "$1" && pwd)
source=$(cd "$2" && pwd)
PATH=$bin:$bin/../tests/tools:$PATH
export LC_ALL=C

skip() { echo "skipped: $*"; exit 77; }
fail() { echo "FAILED: $*"; exit 1; }
for tool in cc python3 chromium chromedriver; do
    command -v $tool >/dev/null || skip "no $tool"
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

# From results that are given: what the page must say is known.
"$source/tests/e2e/bench-results" "$scratch" || fail "bench-results"
printf 'type cpu count\nmapping 1000 2000 0 3f2a9c /bin/app\nfunction main main 1 m.c\nlocation 0 1010 0:2\nsample 0 5\n' |
    make_pprof >app.pgo
pgo-collect show --flame=flame.html app.pgo || fail "a flame graph"
make_bench_page facts.report build.report convert.report <faster.json >facts.html || fail "facts"
for result in *.json; do
    make_bench_page <"$result" >"${result%.json}.html" || fail "$result"
done

# A file that is no report is known before anything is measured.
for text in '{"form": "other"}' '{' '{"form": "pgo-bench facts 1", "builds": [{"wall_s": "long"}]}' \
    '{"form": "pgo-bench facts 1", "flames": [{"file": "facts.report"}]}'; do
    echo "$text" >wrong.report
    if pgo-bench --report=wrong.report --base='touch ran' --test='touch ran' 2>words; then fail "$text"; fi
    grep -q '^pgo-bench: [a-z]*\.report' words || { cat words; fail "the words about $text"; }
    [ ! -e ran ] || fail "it ran: $text"
done

# From runs: whatever the verdict is, the page has it. And a comparison that fails midway.
pgo-bench -n 11 --report=facts.report --base='seq 300000' --test='seq 300001' --html=real.html >table || fail "pgo-bench"
# From two programs: what became of their functions.
for attribute in noinline always_inline; do
    cat >program.c <<CODE
#include <stdio.h>
static __attribute__((ATTRIBUTE)) inline unsigned helper(unsigned n)
{ unsigned sum = n; for (unsigned i = 0; i < 20000000; i++) { sum = sum * 31 + i; } return sum; }
__attribute__((noinline)) unsigned work(unsigned n) { return helper(n) ^ 5; }
int main(int argc, char **argv) { (void)argv; printf("%u\n", work((unsigned)argc)); return 0; }
CODE
    cc -w -O1 -DATTRIBUTE=$attribute program.c -o $attribute || fail "cc"
done
pgo-bench -n 11 --base=./noinline --test=./always_inline --html=programs.html >table || fail "two programs"

# From two files of results: times in each, here of hyperfine's form.
for build in old new; do
    printf '{"results": [{"command": "%s", "times": [1.1, 1.2, 1.3, 1.4, 1.15, 1.25, 1.35, 1.05, 1.22, 1.18]}]}' '</script><b>' >$build.results
done
pgo-bench old.results new.results --html=files.html >table || fail "two files"
cat >job <<'JOB'
echo run >>runs
[ "$(wc -l <runs)" -lt 5 ] || { echo '</script><img src=x onerror=window.broken=1>' >&2; exit 3; }
seq 300000
JOB
if pgo-bench --base='seq 300000' --test='sh job' --html=failed.html 2>words; then fail "a failure"; fi
[ -s failed.html ] || fail "no page after a failure"

"$source/tests/e2e/bench-browser" "$scratch" || fail "bench-browser"
