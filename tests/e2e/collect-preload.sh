#!/bin/sh
# libpgocollect preloaded into a program with threads that knows nothing of it: the profile has
# each thread's CPU time, the functions that used it and their callers, and gives a default.pgo.
#
# usage: collect-preload.sh BIN_DIR SOURCE_DIR
# shellcheck source=tests/e2e/collect-program
. "$(dirname "$0")/collect-program"
need clang-22 go readelf

cat >busy.c <<'END'
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static volatile unsigned sink;

__attribute__((noinline)) void hot(long rounds)
{
    unsigned x = 1;

    for (long i = 0; i < rounds; i++)
        x = (x * 1664525u + 1013904223u) ^ (x >> 7);
    sink = x;
}

__attribute__((noinline)) void middle(long rounds)
{
    hot(rounds);
    sink++;
}

static void *work(void *rounds)
{
    middle((long)rounds);
    return NULL;
}

int main(int argc, char **argv)
{
    int thread_count = atoi(argv[1]), alive = atoi(argv[2]);
    long rounds = atol(argv[3]);
    pthread_t ids[64];
    struct timespec used;

    for (int done = 0; done < thread_count; done += alive) {
        for (int i = 0; i < alive; i++)
            pthread_create(&ids[i], NULL, work, (void *)rounds);
        for (int i = 0; i < alive; i++)
            pthread_join(ids[i], NULL);
    }
    middle(rounds);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    printf("%ld\n", used.tv_sec * 1000 + used.tv_nsec / 1000000);
    return argc < 4;
}
END
clang-22 -O1 -g -fno-omit-frame-pointer -fno-optimize-sibling-calls busy.c -o busy -pthread

# check_weight FOLDER MILLISECONDS THREADS: a period each thread may be missing, or be one too many
check_weight() {
    sum=$(samples '*' "$1"/*.pprof.gz)
    difference=$((sum * 10 - $2))
    [ ${difference#-} -le $(($3 * 10 + $2 / 20 + 20)) ] ||
        fail "$1: $sum samples of 10 ms for $2 ms of CPU time"
}

used=$(PGO_COLLECT_DIR=few LD_PRELOAD=$library ./busy 4 4 60000000) || fail "the program failed"
check_weight few "$used" 5
profile=$(echo few/busy.*.pprof.gz)
[ -f "$profile" ] || fail "not one file: $profile"

go tool pprof -raw "$profile" >raw 2>/dev/null
grep -q '^PeriodType: cpu nanoseconds' raw || fail "no period type"
grep -q "$(readelf -n busy | sed -n 's/.*Build ID: //p')" raw || fail "no build id of the program"
go tool pprof -top "$profile" 2>/dev/null | awk '$6 == "hot" && $2 + 0 > 90 { found = 1 }
    END { exit !found }' || fail "hot has not 90% of the samples"
go tool pprof -peek '^middle$' "$profile" 2>/dev/null | grep -q ' work$' || fail "no caller 'work'"

pgo-convert -o default.pgo "$profile" || fail "pgo-convert"
grep -q '^hot:' default.pgo || fail "no hot in default.pgo"

# A thousand threads that live for less than a period: the sum is right all the same.
used=$(PGO_COLLECT_DIR=many LD_PRELOAD=$library ./busy 1000 8 1000000) || fail "many threads"
check_weight many "$used" 40

# Nothing asked for: nothing done, not even a word.
LD_PRELOAD=$library ./busy 1 1 10 >out 2>err || fail "without settings"
[ ! -s err ] || fail "without settings it says: $(cat err)"
echo "all good"
