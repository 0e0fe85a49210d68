#!/bin/sh
# pgo_bench.h as installed: pkg-config and CMake find it, C and C++ compile with it; columns, names,
# filters, counts; allocations are exact; what fails, and how.
#
# usage: bench-c.sh BIN_DIR SOURCE_DIR
set -eu
build=$(cd "$1/.." && pwd)
source=$(cd "$2" && pwd)
sources=$source/tests/tools/bench
export LC_ALL=C

skip() { echo "skipped: $*"; exit 77; }
fail() { echo "FAILED: $*"; exit 1; }
for tool in gcc g++ clang-22 clang++-22 cmake pkg-config python3; do
    command -v $tool >/dev/null || skip "no $tool"
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

cmake --install "$build" --prefix "$scratch/usr" --component libpgobench >/dev/null ||
    fail "install"
PKG_CONFIG_PATH=$(dirname "$(find "$scratch/usr" -name pgo-bench.pc)")
export PKG_CONFIG_PATH
cflags=$(pkg-config --cflags pgo-bench) libs=$(pkg-config --libs pgo-bench) || fail "pkg-config"

warnings='-O2 -Wall -Wextra -Werror -pedantic -Wshadow'
for compiler in 'gcc -std=c11' 'clang-22 -std=c11' 'g++ -xc++ -std=c++11' \
    'clang++-22 -xc++ -std=c++20 -Wno-deprecated'; do
    app=app-${compiler%% *}
    # shellcheck disable=SC2086 # flags are words
    $compiler $warnings $cflags -c "$sources/sample.c" -o sample.o || fail "$compiler"
    # shellcheck disable=SC2086
    ${compiler%% *} sample.o -o "$app" $libs || fail "$compiler: link"
done

# Digits of times are N, the rest is as it came; columns one blank apart.
mask() {
    sed -E -e '/^(goos|goarch|cpu): /d' -e 's/[0-9.]+ (ns\/op|MB\/s)/N \1/g' -e 's/[[:blank:]]+/ /g'
}
expect() { # expect WHAT <EXPECTED, the output is in `out`
    mask <out >masked
    diff - masked || fail "$1"
}

for app in app-*; do
    ./"$app" -benchtime=1000x -cpu=3 >out
    expect "$app" <<'EOF'
BenchmarkAllocate 1000 N ns/op 300 B/op 3 allocs/op
BenchmarkGrow 1000 N ns/op 1100 B/op 2 allocs/op
BenchmarkCopy 1000 N ns/op N MB/s 500.0 halves 0 B/op 0 allocs/op
BenchmarkWords/one 1000 N ns/op 0 B/op 0 allocs/op
BenchmarkWords/three 1000 N ns/op 0 B/op 0 allocs/op
BenchmarkWords/seventeen 1000 N ns/op 0 B/op 0 allocs/op
BenchmarkWords/one#01 1000 N ns/op 0 B/op 0 allocs/op
BenchmarkWords/with_blank 1000 N ns/op 0 B/op 0 allocs/op
BenchmarkWords/deep/inner 1000 N ns/op 0 B/op 0 allocs/op
BenchmarkPaused 1000 N ns/op 10 B/op 1 allocs/op
BenchmarkWarmed_up 1000 N ns/op 0 B/op 0 allocs/op
BenchmarkThreads-3 1000 N ns/op N MB/s 50 B/op 1 allocs/op
EOF
done
grep -Eq '^goos: linux$' out || fail "no goos"
grep -Eq '^goarch: [a-z0-9_]+$' out || fail "no goarch"
app=./app-gcc
$app -benchtime=100x >app-gcc.txt

# By time: as many as it takes, the same allocations.
$app -benchtime=2ms -run='^(allocate|paused)$' >out
sed -E 's/^(Benchmark[A-Za-z]+)[[:blank:]]+[1-9][0-9]*/\1 N/' out >counted && mv counted out
expect "by time" <<'EOF'
BenchmarkAllocate N N ns/op 300 B/op 3 allocs/op
BenchmarkPaused N N ns/op 10 B/op 1 allocs/op
EOF

$app -benchtime=5x -bench=BenchmarkAll -count=3 >out
expect "three times" <<'EOF'
BenchmarkAllocate 5 N ns/op 300 B/op 3 allocs/op
BenchmarkAllocate 5 N ns/op 300 B/op 3 allocs/op
BenchmarkAllocate 5 N ns/op 300 B/op 3 allocs/op
EOF

$app --benchtime 1x --bench 'words|copy/^(three|deep)$' -count 2 >out
expect "sub-benchmarks" <<'EOF'
BenchmarkWords/three 1 N ns/op 0 B/op 0 allocs/op
BenchmarkWords/three 1 N ns/op 0 B/op 0 allocs/op
BenchmarkWords/deep/inner 1 N ns/op 0 B/op 0 allocs/op
BenchmarkWords/deep/inner 1 N ns/op 0 B/op 0 allocs/op
EOF

$app -list -bench='o|thr' >out
expect "-list" <<'EOF'
BenchmarkAllocate
BenchmarkGrow
BenchmarkCopy
BenchmarkWords
BenchmarkThreads
EOF

# Threads, by time; one has no number in its name.
$app -benchtime=2ms -bench=threads -cpu=1 >out
sed -E 's/^(Benchmark[A-Za-z]+)[[:blank:]]+[1-9][0-9]*/\1 N/' out >counted && mv counted out
expect "threads" <<'EOF'
BenchmarkThreads N N ns/op N MB/s 50 B/op 1 allocs/op
EOF

# JSON, beside the text or instead of it.
$app -benchtime=3x -bench='copy|grow' -count=2 -json=results.json >out
[ "$(grep -c ^Benchmark out)" = 4 ] || fail "no text beside the JSON"
$app -benchtime=3x -bench='copy|grow' -count=2 -json=- >stdout.json
for file in results.json stdout.json; do
    python3 - $file <<'EOF' || fail "$file"
import json, sys
document = json.load(open(sys.argv[1]))
assert {"date", "host_name", "executable", "num_cpus"} <= document["context"].keys()
runs = document["benchmarks"]
assert [(run["name"], run["repetition_index"]) for run in runs] == [
    ("grow", 0), ("grow", 1), ("copy", 0), ("copy", 1)], runs
for run in runs:
    assert run["run_type"] == "iteration" and run["run_name"] == run["name"]
    assert run["iterations"] == 3 and run["repetitions"] == 2 and run["time_unit"] == "ns"
    assert run["real_time"] > 0 and run["cpu_time"] > 0
assert runs[0]["allocs_per_iter"] == 2 and runs[0]["alloc_bytes_per_iter"] == 1100
assert runs[2]["bytes_per_second"] > 0 and runs[2]["halves"] == 1.5
EOF
done

# Without -lpgobench_malloc, or behind another malloc(), there are no such columns.
# shellcheck disable=SC2086
gcc $cflags "$sources/sample.c" -o plain -L"$(dirname "$PKG_CONFIG_PATH")" -lpgobench -lm -lpthread
# shellcheck disable=SC2086
gcc -fsanitize=address $cflags "$sources/sample.c" -o asan $libs
# shellcheck disable=SC2086
clang-22 -fsanitize=address $cflags "$sources/sample.c" -o asan-clang $libs
for program in plain asan asan-clang; do
    ASAN_OPTIONS=detect_leaks=0 ./$program -benchtime=10x -bench='allocate' >out || fail "$program"
    expect "$program" <<'EOF'
BenchmarkAllocate 10 N ns/op
EOF
done
# shellcheck disable=SC2086
gcc -static $cflags "$sources/sample.c" -o static -L"$(dirname "$PKG_CONFIG_PATH")" -lpgobench -lm -lpthread
./static -benchtime=10x >/dev/null || fail "static"

# jemalloc, preloaded, allocates; we count.
jemalloc=$(find /usr/lib -name libjemalloc.so.2 | head -n 1)
if [ -n "$jemalloc" ]; then
    LD_PRELOAD=$jemalloc $app -benchtime=10x -bench=allocate >out || fail "jemalloc"
    expect "jemalloc" <<'EOF'
BenchmarkAllocate 10 N ns/op 300 B/op 3 allocs/op
EOF
fi

# What does not work: the others run, the exit code is 1.
# shellcheck disable=SC2086
gcc -O2 $cflags "$sources/wrong.c" -o wrong $libs
code=0
./wrong -benchtime=10x -cpu=2 -json=wrong.json >out || code=$?
[ $code = 1 ] || fail "a failing benchmark: exit code $code"
expect "failures" <<'EOF'
BenchmarkGood 10 N ns/op 0 B/op 0 allocs/op
--- FAIL: BenchmarkFails
 expected 1, found 2
--- SKIP: BenchmarkSkips
 no corpus
--- FAIL: BenchmarkBreaks
 it left its loop before bench_next() said so
--- FAIL: BenchmarkNever_starts
 an iteration ended with the timer stopped: bench_start() is missing
--- FAIL: BenchmarkEmpty
 it measured nothing: there is no bench_next()
--- FAIL: BenchmarkLoops_twice
 it has two loops: make sub-benchmarks of them, by bench_run()
--- FAIL: BenchmarkSub_fails/x
 by itself
--- FAIL: BenchmarkBoth
 it has a loop and sub-benchmarks: move the loop into one of its own
--- FAIL: BenchmarkBad_unit
 'a b' is no unit: expected 1 to 31 characters without blanks
--- FAIL: BenchmarkThreads_break-2
 a thread left its loop before bench_next() said so
--- FAIL: BenchmarkThreads_idle-2
 a thread measured nothing: there is no bench_next()
--- FAIL: BenchmarkThreads_fail-2
 all of them
EOF
[ "$(grep -c '"error_occurred": true' wrong.json)" = 11 ] || fail "errors in the JSON"
./wrong -benchtime=1x -bench='good|skips' >out || fail "a skipped benchmark is none that failed"

# refuse TEXT ARGUMENT...: exit code 2, and a message with the text
refuse() {
    text=$1 code=0
    shift
    $app "$@" >out 2>messages || code=$?
    [ $code = 2 ] || fail "$*: exit code $code"
    grep -qF -e "$text" messages || fail "$*: $(cat messages)"
    grep -q '^hint: ' messages || fail "$*: no hint"
    [ ! -s out ] || fail "$*: output"
}
refuse "no benchmark matches" -bench=nothing
refuse "no regular expression" -bench='('
refuse "found '0'" -count=0
refuse "found '1,2'" -cpu=1,2
refuse "found '1.5x'" -benchtime=1.5x
refuse "found '2 s'" -benchtime='2 s'
refuse "found '-1s'" -benchtime=-1s
refuse "unknown option: -benchmen" -benchmen
refuse "unexpected argument: allocate" allocate
code=0
$app -benchtime=1x -bench=copy -json=/nowhere/x >out 2>messages || code=$?
[ $code = 1 ] || fail "an unwritable file: exit code $code"
grep -q 'nowhere' messages || fail "an unwritable file: $(cat messages)"
$app -help | grep -q -e '-benchtime=TIME' || fail "-help"
$app -version | grep -q '^libpgobench [0-9]' || fail "-version"

mkdir project
cat >project/CMakeLists.txt <<EOF
cmake_minimum_required(VERSION 3.20)
project(app C)
find_package(pgo-bench REQUIRED)
pgo_add_benchmark(sample $sources/sample.c)
pgo_add_benchmark(again $sources/sample.c)
EOF
cmake -S project -B project/build -DCMAKE_PREFIX_PATH="$scratch/usr" >/dev/null ||
    fail "cmake does not find it"
cmake --build project/build --target sample >/dev/null || fail "cmake does not build with it"
project/build/sample -benchtime=10x -bench=grow >out
expect "built with cmake" <<'EOF'
BenchmarkGrow 10 N ns/op 1100 B/op 2 allocs/op
EOF
cmake --build project/build --target help >out
grep -q 'bench-again' out || fail "no target to run it"

# The example, with pkg-config alone; all that is printed keeps to the grammar of Go's format
# (golang.org/design/14313-benchmark-format).
mkdir examples
cp -r "$source/examples/bench" "$source/examples/hello-pgo" examples/
make -s -C examples/bench clean
make -s -C examples/bench CC=gcc bench BENCHFLAGS='-benchtime=3x -count=2' >out || fail "example"
grep -q '^BenchmarkRun/sieve' out || fail "example: $(cat out)"
cat app-gcc.txt out >all
python3 - all <<'EOF' || fail "Go's format"
import re, sys
number = r"[-+]?[0-9.]+(e[-+]?[0-9]+)?"
results = 0
for line in open(sys.argv[1], encoding="utf-8").read().splitlines():
    if line.startswith("Benchmark"):
        assert re.fullmatch(rf"Benchmark[^a-z\s]\S*\s+[0-9]+(\s+{number}\s+\S+)+\s*", line), line
        assert re.search(rf"\s{number} ns/op(\s|$)", line), line
        results += 1
    else:
        assert re.fullmatch(r"[a-z][^\sA-Z:]*:[ \t]+\S.*", line), line
assert results == 20, results
EOF

# pgo-bench reads both forms.
if "$build/bin/pgo-bench" --help | grep -q 'BASE-RESULTS'; then
    for form in txt json; do
        for side in base test; do
            $app -benchtime=100x -count=12 -bench='allocate|words' -json=$side.json >$side.txt
        done
        "$build/bin/pgo-bench" base.$form test.$form >out || fail "pgo-bench, $form"
        grep -Eiq 'words/deep/inner .*12\+12' out || fail "pgo-bench, $form: $(cat out)"
    done
fi
echo "all good"
