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
for tool in python3 chromium chromedriver; do
    command -v $tool >/dev/null || skip "no $tool"
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

# From results that are given: what the page must say is known.
"$source/tests/e2e/bench-results" "$scratch" || fail "bench-results"
for result in *.json; do
    make_bench_page <"$result" >"${result%.json}.html" || fail "$result"
done

# From runs: whatever the verdict is, the page has it. And a comparison that fails midway.
pgo-bench -n 11 --base='seq 300000' --test='seq 300001' --html=real.html >table || fail "pgo-bench"
cat >job <<'JOB'
echo run >>runs
[ "$(wc -l <runs)" -lt 5 ] || { echo '</script><img src=x onerror=window.broken=1>' >&2; exit 3; }
seq 300000
JOB
if pgo-bench --base='seq 300000' --test='sh job' --html=failed.html 2>words; then fail "a failure"; fi
[ -s failed.html ] || fail "no page after a failure"

"$source/tests/e2e/bench-browser" "$scratch" || fail "bench-browser"
