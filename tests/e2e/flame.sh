#!/bin/sh
# The page of `pgo-collect show --flame` in headless Chromium: zoom, search, inverted view, groups,
# table, a difference, hostile names, LLVM's form; no word on the console, no network request.
# flame-browser is what a person would do.
#
# usage: flame.sh BIN_DIR SOURCE_DIR
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

heads='type cpu count
time 1796000000000000000 5000000000
mapping 1000 2000 0 3f2a9c /bin/app
function main main 1 /src/main.c
function work work 5 /src/main.c
function hash hash 10 /src/hash.c
function write write 20 /src/write.c
function leaf leaf 30 /src/leaf.c
location 0 1010 0:2
location 0 1020 1:6
location 0 1030 2:12
location 0 1031 2:13
location 0 1040 3:21
location 0 1050 4:31'

make_pprof >small.pgo <<END
$heads
sample 3,1,0 25
label thread one
sample 2,3,1,0 10
label thread one
sample 5,3,1,0 25
label thread two
sample 4,1,0 30
label thread one
sample 2,0 10
END
make_pprof >base.pgo <<END
$heads
sample 2,1,0 20
sample 4,1,0 40
sample 5,1,0 40
END
make_pprof >reversed.pgo <<END
$heads
sample 5,1,0 40
sample 4,1,0 40
sample 2,1,0 20
END
printf '%s\n' 'type cpu count' 'mapping 1000 2000 0 3f2a9c </script><b>app' \
    'function </script><img/src=x/onerror=window.broken=1> - 1 "\u0022;window.broken=1;//' \
    'function <!--<script>\\ - 1 a&lt;b' "$(printf 'function \001\033[31m\177 - 1 \377\300\200.c')" \
    "$(printf 'function \342\200\256evil\355\240\200\370 - 1 -')" \
    'location 0 1010 0:2' 'location 0 1020 1:6' 'location 0 1030 2:6' 'location 0 1040 3:6' \
    'sample 0,1 3' "$(printf 'label </script>k v\342\200\250')" 'sample 2,3 2' | make_pprof >hostile.pgo
echo 'type cpu count' | make_pprof >empty.pgo
printf 'main:350:1\n 1: 100\n 2: inlined:250\n  1: 250\n_ZN4shop4Cart3addEl:100:1\n 1: 100\n' >default.txt
echo '{"samples": {"read": 100, "by_address": 75, "by_line": 0, "dropped":
    [{"reason": "no function", "samples": 25, "example": "</script>"}]},
    "functions": [{"name": "main", "share_pct": 77.8}]}' >report.json

for name in small hostile empty; do
    pgo-collect show --flame=$name.html $name.pgo || fail "$name"
done
pgo-collect show --flame=diff.html --diff=base.pgo small.pgo || fail "--diff"
pgo-collect show --flame=counts.html --report=report.json default.txt || fail "--report"

# Same input, same bytes, in any order; nothing but a page is replaced.
pgo-collect show --flame=- base.pgo >one.html
mv reversed.pgo base.pgo
pgo-collect show --flame=- base.pgo >other.html
cmp one.html other.html || fail "the order of the samples changes the page"
pgo-collect show --flame=small.html small.pgo || fail "a page is not replaced"
if pgo-collect show --flame=small.pgo base.pgo 2>messages; then fail "a profile was replaced"; fi
grep -q 'no web page' messages || { cat messages; fail "the error"; }

"$source/tests/e2e/flame-browser" "$scratch" || fail "flame-browser"
