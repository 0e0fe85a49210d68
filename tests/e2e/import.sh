#!/bin/sh
# pgo-collect import on perf's own recordings: what it counts is what perf script counts.
#
# usage: import.sh BIN_DIR SOURCE_DIR
set -u
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$2" && pwd)
PATH=$(cd "$1" && pwd):$PATH
export LC_ALL=C

skip() { echo "skipped: $*"; exit 77; }
fail() { echo "FAILED: $*"; cat err 2>/dev/null; exit 1; }
for tool in cc go perf python3 readelf; do
    command -v $tool >/dev/null || skip "no $tool"
done
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
export HOME="$scratch" # go tool pprof keeps things in it

cat >busy.c <<'END'
#include <stdlib.h>

__attribute__((noinline)) unsigned hot(unsigned x)
{
    for (int i = 0; i < 20000; i++)
        x = (x ^ x >> 7) * 1103515245 + 12345;
    return x + 1;
}

__attribute__((noinline)) unsigned apply(unsigned x)
{
    for (int i = 0; i < 100; i++)
        x = hot(x) + 1;
    return x;
}

int main(int argc, char **argv)
{
    unsigned sum = (unsigned)argc;

    for (int i = 0; i < atoi(argv[1]); i++)
        sum += apply(sum);
    return sum == 7;
}
END
cc -O2 -g -fno-omit-frame-pointer -fno-optimize-sibling-calls -Wl,--build-id busy.c -o busy ||
    fail "busy does not build"
perf record -q -e cpu-clock -F 999 -o plain.data ./busy 60 >/dev/null 2>err ||
    skip "perf record is not allowed: $(head -1 err)"

# check NAME [OPTION...]: NAME.data by import and by perf script
check() {
    name=$1
    shift
    pgo-collect import -f -o "$name.pprof" "$@" "$name.data" 2>err || fail "import $* $name.data"
    compare "$name.data" "$name.pprof"
}

# compare DATA PROFILE [OPTION...]
compare() {
    data=$1 profile=$2
    shift 2
    "$here/import-compare" --stacks hot,apply,main "$@" "$data" "$profile" err >differences ||
        { cat differences; fail "$data: not what perf script says"; }
}

# record NAME OPTION...: NAME.data of busy; what this perf cannot do is not tested
record() {
    name=$1
    shift
    perf record -q -F 999 -o "$name.data" "$@" ./busy 60 >/dev/null 2>err && return
    echo "not tested: perf record $*: $(head -1 err)"
    return 1
}

check plain
record chains -e cpu-clock -g && check chains
grep -q 'processes' err && fail "one process is several: $(cat err)"
record dwarf -e cpu-clock --call-graph dwarf && check dwarf
record compressed -e cpu-clock -g -z && check compressed
record build-ids -e cpu-clock -g --buildid-mmap && check build-ids
record unnamed -e cpu-clock -g -B && check unnamed
perf record -q -e cpu-clock -F 999 -g -o processes.data sh -c './busy 60; ./busy 30' \
    >/dev/null 2>err && check processes

# Of several events the one that measures time, or the one asked for.
if record events -e page-faults,cpu-clock -g; then
    pgo-collect import -f -o events.pprof events.data 2>err || fail "two events"
    compare events.data events.pprof --event cpu-clock
    pgo-collect import -f --event=page-faults -o events.pprof events.data 2>err || fail "--event"
    compare events.data events.pprof --event page-faults
    go tool pprof -raw events.pprof 2>/dev/null | grep -q '^samples/count page-faults/count' ||
        fail "the unit of page-faults"
fi

# The text of perf script.
perf script -i chains.data 2>/dev/null >chains.txt
pgo-collect import -f -o text.pprof chains.txt 2>err || fail "the text of perf script"
"$here/import-compare" --stacks hot,apply,main chains.data text.pprof err >differences ||
    { cat differences; fail "the text of perf script"; }

# The pipe form, as a file and through a pipe; it has build ids only from perf inject.
perf record -q -e cpu-clock -F 999 -g -o - ./busy 60 2>/dev/null >pipe.data
check pipe
grep -q 'no build id of busy: taken' err || fail "a guess is not said"
# shellcheck disable=SC2002 # a pipe is what is tested
cat pipe.data | pgo-collect import -o - - >piped.pprof 2>err || fail "from standard input"
compare pipe.data piped.pprof
if perf inject -b <pipe.data >injected.data 2>/dev/null; then
    check injected
    grep -q 'busy: taken' err && fail "the build id of perf inject is not used: $(cat err)"
fi

# One of several processes, by number and by name.
pid=$(perf script -i processes.data -F pid,comm 2>/dev/null | awk '/busy/ {print $2; exit}')
pgo-collect import -f --pid="$pid" -o one.pprof processes.data 2>err || fail "--pid"
grep -q 'of 1 process.* of other processes, left out' err || fail "--pid: what was left out"
wanted=$(perf script -G -i processes.data -F pid,misc,ip 2>/dev/null |
    awk -v pid="$pid" '$1 == pid && $2 ~ /U/' | wc -l)
grep -q "^pgo-collect: $wanted samples" err || fail "--pid: expected $wanted samples"
pgo-collect import -f --comm=busy -o one.pprof processes.data 2>err || fail "--comm"
pgo-collect import -f --comm=nobody -o one.pprof processes.data 2>err && fail "--comm=nobody"
grep -q "found busy (pid $pid, " err || fail "--comm=nobody: who is there"

# With the kernel all samples are there, but for those of no process.
pgo-collect import -f --kernel -o kernel.pprof chains.data 2>err || fail "--kernel"
all=$(perf script -G -i chains.data -F ip 2>/dev/null | wc -l)
grep -q "^pgo-collect: $all samples" err || fail "--kernel: expected $all samples"

# The binary has gone elsewhere.
mkdir elsewhere && mv busy elsewhere/gone
pgo-collect import -f -o gone.pprof dwarf.data 2>err || fail "without the binary"
grep -q 'hardly a sample has a source line: name the binary' err || fail "the missing binary is not said"
pgo-collect import -f --binary=elsewhere/gone -o gone.pprof dwarf.data 2>err || fail "--binary"
go tool pprof -traces gone.pprof 2>/dev/null | grep -q apply || fail "--binary: no stacks"
id=$(readelf -n elsewhere/gone | sed -n 's/.*Build ID: //p')
mkdir -p "debug/.build-id/$(echo "$id" | cut -c 1-2)"
cp elsewhere/gone "debug/.build-id/$(echo "$id" | cut -c 1-2)/$(echo "$id" | cut -c 3-)"
pgo-collect import -f --debug-dir=debug -o gone.pprof dwarf.data 2>err || fail "--debug-dir"
grep -q ' 9[0-9.]*% with a source line\| 100.0% with a source line' err || fail "--debug-dir: lines"
pgo-collect import -f --binary="$(command -v readelf)" -o gone.pprof chains.data 2>err &&
    fail "another binary"
grep -q "the recording is of busy with build id $id" err || fail "another binary: the ids"
mv elsewhere/gone busy

# An old recording, most of it in the kernel; and one of branches.
shared=$source/../shared/fixtures
if [ -e "$shared/perf/single-event-single-process.perf.data" ]; then
    cp "$shared/perf/single-event-single-process.perf.data" old.data
    check old
    pgo-collect import -o branches.pprof "$shared/lbr/gzip.lbr.perf.data" 2>err &&
        fail "branches were dropped unasked"
    grep -q 'pgo-convert -o default.pgo' err || fail "branches: no way is shown"
    cp "$shared/lbr/gzip.lbr.perf.data" branches.data
    check branches --drop-branches
fi

# The loop: default.pgo by default, never overwritten unasked, and the converter takes it.
pgo-collect import chains.data 2>err || fail "import without -o"
grep -q '^pgo-collect: default.pgo: .* next: pgo-build make$' err || fail "the next step is not said"
pgo-collect import chains.data 2>err && fail "default.pgo was overwritten"
pgo-convert -o busy.prof default.pgo 2>err || fail "pgo-convert"
grep -q '^hot:' busy.prof || fail "hot() is not in the conversion"
echo "all good"
