#!/bin/sh
# pgo-collect record --call-graph=dwarf on a program without frame pointers, through a library and
# a signal handler; perf has the second opinion.
#
# usage: record-dwarf.sh BIN_DIR SOURCE_DIR
#
# Compared is which stacks there are, by the names of their functions, never how often.
set -eu
PATH=$(cd "$1" && pwd):$PATH
export LC_ALL=C

skip() { echo "skipped: $*"; exit 77; }
fail() { echo "FAILED: $*"; exit 1; }
for tool in cc go; do
    command -v $tool >/dev/null || skip "no $tool"
done
[ "$(uname -m)" = x86_64 ] || skip "stacks are unwound so on x86-64 alone"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
export HOME="$scratch" # go tool pprof keeps things in it

# Calls are not the last thing that a function does: a jump would leave no trace of it.
cat >apply.c <<'END'
unsigned apply(unsigned (*step)(unsigned), unsigned x);

__attribute__((noinline)) unsigned apply(unsigned (*step)(unsigned), unsigned x)
{
    for (int i = 0; i < 100; i++)
        x = step(x) + 1;
    return x;
}
END
cat >app.c <<'END'
#include <signal.h>
#include <stdlib.h>
#include <time.h>

unsigned apply(unsigned (*step)(unsigned), unsigned x);

static volatile unsigned sum;

__attribute__((noinline)) unsigned spin(unsigned x)
{
    for (int i = 0; i < 20000; i++)
        x = (x ^ x >> 7) * 1103515245 + 12345;
    return x;
}

__attribute__((noinline)) int compare(const void *a, const void *b)
{
    sum += spin(sum);
    return (*(const int *)a > *(const int *)b) - (*(const int *)a < *(const int *)b);
}

__attribute__((noinline)) void sort(void)
{
    int numbers[] = {5, 3, 8, 1, 9, 2, 7, 4, 6, 0};

    for (int i = 0; i < 100; i++)
        qsort(numbers, sizeof(numbers) / sizeof(*numbers), sizeof(*numbers), compare);
    sum += 1;
}

__attribute__((noinline)) void handle(int number)
{
    for (int i = 0; i < 5000; i++)
        sum += spin(sum + (unsigned)number);
    sum += 1;
}

__attribute__((noinline)) void interrupted(void)
{
    raise(SIGUSR1);
    sum += 1;
}

__attribute__((noinline)) void ask_clock(void)
{
    struct timespec now;

    for (int i = 0; i < 4000000; i++)
        sum += (unsigned)clock_gettime(CLOCK_MONOTONIC, &now);
    sum += 1;
}

int main(void)
{
    signal(SIGUSR1, handle);
    for (int i = 0; i < 60; i++)
        sum += apply(spin, sum);
    for (int i = 0; i < 4; i++)
        sort();
    interrupted();
    ask_clock();
    return 0;
}
END
cc -O2 -fomit-frame-pointer -g -fPIC -shared -Wl,--build-id apply.c -o libapply.so
cc -O2 -fomit-frame-pointer -g -Wl,--build-id app.c -o app -L. -lapply -Wl,-rpath,"$scratch"

pgo-collect record -F 1 -o /dev/null -- true 2>probe || true
grep -q 'no samples' probe || skip "perf_event_open is not allowed here: $(head -n 1 probe)"

# stacks_of PROFILE: one line a stack, the leaf first, of names that this test or crt1.o gave.
stacks_of() {
    go tool pprof -traces "$1" 2>warnings | awk '
        /^-----/ { if (line) print line; line = ""; next }
        /^ .*(ms|s|0) +[^ ]/ || line { name = $NF == "(inline)" ? $(NF - 1) : $NF; line = line " " name }
        END { if (line) print line }'
}

# keep: of the stacks that start in the program, the functions that both tools name alike.
keep() {
    awk '{
        line = ""
        for (i = 1; i <= NF; i++)
            if ($i ~ /^(spin|compare|sort|handle|interrupted|ask_clock|apply|main|_start)$/)
                line = line " " $i
        if (line ~ / (spin|ask_clock|compare) /) print line
    }' "$1" | sort -u
}

pgo-collect record -F 1999 --call-graph=dwarf -o dwarf.pprof -- ./app 2>err ||
    { cat err; fail "record --call-graph=dwarf"; }
stacks_of dwarf.pprof >stacks.dwarf
keep stacks.dwarf >kept.dwarf
for stack in 'spin apply main _start' 'spin compare sort main _start' \
    'spin handle interrupted main _start'; do
    grep -qx " $stack" kept.dwarf || { cat kept.dwarf; fail "no stack is: $stack"; }
done
# Signal frame, libc's qsort() and raise(), vdso: nothing ends a stack early.
if grep -v ' main _start$' kept.dwarf; then fail "stacks that do not end in main and _start"; fi
grep -q 'ask_clock .*main' stacks.dwarf || fail "no stack of ask_clock()"

# 256 bytes reach main(), but not from below the frame of a signal, which is larger.
pgo-collect record -F 1999 --call-graph=dwarf,256 -o short.pprof -- ./app 2>err ||
    { cat err; fail "record --call-graph=dwarf,256"; }
stacks_of short.pprof >stacks.short
keep stacks.short >kept.short
grep -q '^ spin apply main' kept.short || { cat kept.short; fail "dwarf,256: apply()"; }
if grep -q 'handle.*main' kept.short; then fail "dwarf,256: saw behind the copy's end"; fi

# Frame pointers, which nothing here has, lead nowhere: what dwarf is for.
pgo-collect record -F 1999 --call-graph=fp -o fp.pprof -- ./app 2>err || { cat err; fail "fp"; }
stacks_of fp.pprof >stacks.fp
keep stacks.fp >kept.fp
if grep -qx ' spin compare sort main _start' kept.fp; then
    fail "frame pointers give complete stacks: this program proves nothing"
fi

command -v perf >/dev/null || skip "no perf for the second opinion; the rest has passed"
perf record -q -e cpu-clock:u -F 1999 --call-graph dwarf -o perf.data -- ./app >/dev/null 2>err ||
    skip "perf record: $(tail -n 1 err)"
# Its samples have other registers than ours: what lies behind them is found by the event's mask.
pgo-convert -o app.prof perf.data 2>err || { cat err; fail "pgo-convert on perf.data"; }
grep -q '^spin:[1-9]' app.prof || { cat err app.prof; fail "spin() is not in perf.data"; }
# A line of a frame: address, name+offset, (file). The frames of a sample end with an empty line.
perf script -i perf.data --no-inline -F comm,ip,sym 2>/dev/null | awk '
    /^[^ \t]/ { next } !NF { if (line) print line; line = ""; next }
    { line = line " " $2 } END { if (line) print line }' >stacks.perf
keep stacks.perf >kept.perf
[ -s kept.perf ] || skip "perf script gave no stacks"
grep ' main _start$' kept.perf >complete.perf || skip "this perf cannot unwind"
for stacks in dwarf perf; do
    grep ' spin ' kept.$stacks | grep ' main _start$' >spin.$stacks
done
diff -u spin.perf spin.dwarf || fail "other stacks than perf's"
echo "ok"
