/* Benchmarks that do not work, each in its way, and one that does: for tests/e2e/bench-c.sh. */
#include <pgo_bench.h>

BENCH(good)
{
    while (bench_next(b))
        continue;
}

BENCH(fails)
{
    while (bench_next(b))
        bench_fail(b, "expected %d, found %d", 1, 2);
}

BENCH(skips)
{
    bench_skip(b, "no corpus");
    while (bench_next(b))
        continue;
}

BENCH(breaks)
{
    while (bench_next(b))
        if (bench_iterations(b) == 2)
            break;
}

BENCH(never_starts)
{
    while (bench_next(b))
        bench_stop(b);
}

BENCH(empty)
{
    (void)b;
}

BENCH(loops_twice)
{
    while (bench_next(b))
        continue;
    while (bench_next(b))
        continue;
}

static void sub(struct bench *b, void *arg)
{
    (void)arg;
    bench_fail(b, "by itself");
}

BENCH(sub_fails)
{
    if (bench_run(b, sub, NULL, "x"))
        bench_fail(b, "bench_run() did not say that it failed");
}

BENCH(both)
{
    while (bench_next(b))
        bench_run(b, sub, NULL, "x");
}

BENCH(bad_unit)
{
    while (bench_next(b))
        continue;
    bench_set_metric(b, 1, "a b");
}

static void leave(struct bench *b, void *arg)
{
    while (*(bool *)arg && bench_next(b))
        break;
}

BENCH(threads_break)
{
    bool begins = true;

    bench_parallel(b, leave, &begins);
}

BENCH(threads_idle)
{
    bool begins = false;

    bench_parallel(b, leave, &begins);
}

static void give_up(struct bench *b, void *arg)
{
    (void)arg;
    while (bench_next(b))
        bench_fail(b, "all of them");
}

BENCH(threads_fail)
{
    bench_parallel(b, give_up, NULL);
}
