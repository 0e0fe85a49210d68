/*
 * served.c - a program that is read while it runs: busy in hot() until it is killed. With
 * -DMETRICS it is linked with libpgocollect and has metrics of its own.
 */
#include <stdio.h>
#include <unistd.h>

#ifdef METRICS
#include <pgo_collect.h>
#include <pgo_metrics.h>
#endif

static volatile unsigned sink;

__attribute__((noinline)) void hot(void)
{
    unsigned x = sink;

    for (long i = 0; i < 3000000; i++)
        x = (x * 1664525u + 1013904223u) ^ (x >> 7);
    sink = x;
}

__attribute__((noinline)) void middle(void)
{
    hot();
    sink++;
}

int main(void)
{
#ifdef METRICS
    struct pgo_counter *rounds =
        pgo_counter_new("served_rounds_total", "Rounds.", "kind", "hot", NULL);
    struct pgo_histogram *sizes = pgo_histogram_new("served_size", "Sizes.", NULL, 0, NULL);

    if (pgo_collect_start(NULL) != 0) {
        fprintf(stderr, "%s\n", pgo_collect_message());
        return 1;
    }
    printf("%s\n", pgo_collect_http_address());
    fflush(stdout);
#endif
    for (;;) {
        middle();
        usleep(1000);
#ifdef METRICS
        pgo_counter_add(rounds, 1);
        pgo_histogram_observe(sizes, 0.3);
#endif
    }
}
