#!/bin/sh
# pgo-collect record -a: processes that run already and those started later, each under its labels.
#
# usage: record-all.sh BIN_DIR SOURCE_DIR
set -eu
PATH=$(cd "$1" && pwd):$PATH
export LC_ALL=C

skip() { echo "skipped: $*"; exit 77; }
fail() { echo "FAILED: $*"; cat err 2>/dev/null || true; exit 1; }
for tool in cc go readelf; do
    command -v $tool >/dev/null || skip "no $tool"
done

scratch=$(mktemp -d)
early='' late=''
# shellcheck disable=SC2317 # called by the trap
clean_up() {
    for pid in $early $late; do kill "$pid" 2>/dev/null || true; done
    rm -rf "$scratch"
}
trap clean_up EXIT
cd "$scratch"
export HOME="$scratch" # go tool pprof keeps things in it
if ! pgo-collect record -a -d 0.1 -f -o probe.pgo 2>err; then
    grep -q 'perf_event_open\|no samples' err || fail "-a"
    grep -q 'no samples' err || skip "-a is not allowed here: $(head -n 1 err)"
fi

cat >busy.c <<'END_C'
__attribute__((noinline)) unsigned hot(unsigned x)
{
    for (long i = 0; i < 100000000; i++)
        x = (x * 1664525u + 1013904223u) ^ (x >> 7);
    return x;
}

int main(int argc, char **argv)
{
    (void)argv;
    while (hot((unsigned)argc) != 7)
        ;
    return 0;
}
END_C
cc -g -O1 -Wl,--build-id busy.c -o early-busy
cc -g -O1 -Wl,--build-id -Dhot=hot_later busy.c -o late-busy
./early-busy &
early=$!
pgo-collect record -a -d 5 -f -o machine.pgo 2>err &
recorder=$!
sleep 1
./late-busy &
late=$!
wait "$recorder" || fail "record -a"

grep -q 'within the kernel, left out' err || fail "the kernel's share is not said"
go tool pprof -raw machine.pgo >raw 2>/dev/null || fail "pprof -raw"
grep -q 'Comment: samples within the kernel, left out: [0-9]' raw || fail "the kernel's comment"
if grep -q 'kernel.kallsyms' raw; then fail "kernel samples are in the profile"; fi
for name in early late; do
    id=$(readelf -n $name-busy | sed -n 's/.*Build ID: //p')
    grep -q "$name-busy $id \[FN\]\[FL\]\[LN\]\[IN\]" raw || fail "no mapping of $name-busy"
done
go tool pprof -tags machine.pgo 2>/dev/null >tags
for tag in early-busy late-busy "$early" "$late"; do
    grep -q " $tag\$" tags || fail "no label $tag: $(cat tags)"
done

# One of them by its label: all of its samples are its own.
pgo-convert --label comm=late-busy -o late.txt machine.pgo 2>err || fail "pgo-convert --label"
grep -q '^hot_later:' late.txt || fail "no hot_later in late-busy"
if grep -q '^hot:' late.txt; then fail "late-busy has what early-busy did"; fi
echo "all good"
