/*
 * Benchmarks of known results, for tests/e2e/bench-c.sh; C, and C++ as well.
 */
#include <pgo_bench.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const words[] = {"one", "three", "seventeen"};

BENCH(allocate)
{
    while (bench_next(b))
        for (int i = 0; i < 3; i++) {
            void *block = malloc(100);

            bench_keep(block);
            free(block);
        }
}

BENCH(grow)
{
    while (bench_next(b)) {
        void *block = calloc(10, 10), *larger = realloc(block, 1000);

        bench_keep(larger);
        free(larger);
    }
}

BENCH(copy)
{
    char from[256] = "", to[256];

    bench_set_bytes(b, sizeof(from));
    while (bench_next(b)) {
        bench_hide(from);
        memcpy(to, from, sizeof(to));
        bench_keep(&to[0]);
    }
    bench_set_metric(b, (double)bench_iterations(b) / 2, "halves");
}

static void length(struct bench *b, void *arg)
{
    const char *const *word = (const char *const *)arg;

    while (bench_next(b))
        bench_keep(strlen(*word));
}

static void nested(struct bench *b, void *arg)
{
    bench_run(b, length, arg, "inner");
}

BENCH(words)
{
    for (size_t i = 0; i < 3; i++)
        bench_run(b, length, (void *)&words[i], "%s", words[i]);
    bench_run(b, length, (void *)&words[0], "%s", words[0]);
    bench_run(b, length, (void *)&words[0], "with blank");
    bench_run(b, nested, (void *)&words[0], "deep");
}

/* What is not to be measured is not counted, and not paid for. */
BENCH(paused)
{
    unsigned calls = 0;

    free(malloc(5));
    while (bench_next(b)) {
        void *block;

        bench_stop(b);
        block = malloc(1000);
        bench_start(b);
        block = realloc(block, 10);
        bench_keep(block);
        free(block);
        calls++;
    }
    free(malloc(5));
    if (calls != bench_iterations(b))
        bench_fail(b, "%u calls, %llu iterations", calls, (unsigned long long)bench_iterations(b));
}

BENCH(warmed_up)
{
    int i = 0;

    while (bench_next(b)) {
        if (i++ < 10)
            free(malloc(77));
        if (i == 10)
            bench_reset(b);
    }
}

struct shared {
    size_t bytes;
};

/* Set-up and what follows the loop are each thread's own, and not counted. */
static void allocate(struct bench *b, void *arg)
{
    const struct shared *shared = (const struct shared *)arg;

    free(malloc(7));
    while (bench_next(b)) {
        void *block = malloc(shared->bytes);

        bench_keep(block);
        free(block);
    }
    free(malloc(7));
}

BENCH(threads)
{
    struct shared shared = {50};

    bench_set_bytes(b, shared.bytes);
    bench_parallel(b, allocate, &shared);
}
