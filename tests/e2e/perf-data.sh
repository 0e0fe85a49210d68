#!/bin/sh
# perf's own recordings of examples/hello-pgo, in every form that perf writes here: the samples are
# those that perf itself finds in them.
#
# usage: perf-data.sh BIN_DIR SOURCE_DIR
set -u
bin=$(cd "$1" && pwd)
source=$(cd "$2" && pwd)
export LC_ALL=C PATH="$bin:$PATH"

fail() { echo "FAILED: $*"; exit 1; }
for tool in clang-22 perf; do
    command -v $tool >/dev/null || { echo "skipped: $tool is missing"; exit 77; }
done
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cp -r "$source/examples/hello-pgo" "$scratch/hello"
cd "$scratch/hello" || exit 1
sources=$(find . -name '*.c')
# shellcheck disable=SC2086 # a list of files
clang-22 -I. -O2 -g1 -fdebug-info-for-profiling -Wl,--build-id -o hello $sources -lm ||
    fail "hello does not build"
perf record -q -e cpu-clock -F 2000 -o plain.data ./hello >/dev/null 2>messages || {
    echo "skipped: perf record is not allowed: $(head -1 messages)"
    exit 77
}

# the samples in the program itself, as perf attributes them
count() {
    perf script -G -i "$1" -F ip,dso 2>/dev/null | grep -c '/hello)$'
}

check() {
    pgo-convert --binary=hello -o out "$1" 2>messages || fail "$1: $(cat messages)"
    read_by_us=$(sed -n 's/^pgo-convert: \([0-9]*\) samples read, .*/\1/p' messages)
    read_by_perf=$(perf script -G -i "$1" -F ip 2>/dev/null | grep -c .)
    [ "$read_by_us" = "$read_by_perf" ] || fail "$1: $read_by_us samples, perf: $read_by_perf"
    pgo-convert --count=sum --binary=hello -o sum "$1" 2>messages || fail "$1: $(cat messages)"
    in_program=$(sed -n 's/^#!pgo samples \([0-9]*\)$/\1/p' sum | awk '{s += $1} END {print s + 0}')
    by_perf=$(count "$1")
    # perf counts the start of the program as well, for which there are no lines
    if [ "$in_program" -gt "$by_perf" ] || [ "$in_program" -lt $((by_perf * 95 / 100)) ]; then
        fail "$1: $in_program samples in hello, perf: $by_perf"
    fi
    echo "$1: $read_by_us samples, $in_program in the program"
}

check plain.data
perf record -q -e cpu-clock -F 2000 -g -o chains.data ./hello >/dev/null 2>messages &&
    check chains.data
perf record -q -e cpu-clock -F 2000 -z -o compressed.data ./hello >/dev/null 2>messages &&
    check compressed.data
perf record -q -e cpu-clock -F 2000 --buildid-mmap -o build-ids.data ./hello >/dev/null 2>messages &&
    check build-ids.data
perf record -q -e cpu-clock,page-faults -F 2000 -o two.data ./hello >/dev/null 2>messages &&
    { pgo-convert --binary=hello -o out two.data 2>messages || fail "two.data: $(cat messages)"; }
# what hello prints must not come between perf's own bytes
perf record -q -e cpu-clock -F 2000 -o - sh -c 'exec ./hello >/dev/null' 2>messages >pipe.data &&
    check pipe.data

# a shell that starts it twice: other processes, and each at an address of its own
perf record -q -e cpu-clock -F 2000 -o shell.data sh -c './hello; ./hello' >/dev/null 2>messages &&
    check shell.data

# an old recording, most of it in the kernel: read as a whole, though its program is not there
old=$source/../shared/fixtures/perf/single-event-single-process.perf.data
if [ -e "$old" ]; then
    pgo-convert -o none "$old" 2>messages && fail "samples without a program are of use"
    grep -q 'none of the 45937 samples can be used' messages || fail "$(cat messages)"
fi
