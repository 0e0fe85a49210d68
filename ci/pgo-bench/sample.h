/*
 * sample.h - what one run of a command cost, and runs of both builds side by side.
 *
 * Plain data. A pair is one run of each build, taken one right after the other, so that what the
 * machine did meanwhile hits both alike; that is why the statistics compare within pairs.
 */
#ifndef BENCH_SAMPLE_H
#define BENCH_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sample {
    double cpu_s;        /* user + system, of the command and the children it waited for */
    double wall_s;       /* start to end by the monotonic clock */
    uint64_t peak_bytes; /* the largest resident set of any one of its processes */
};

struct pair {
    struct sample base, test;
    double start_s; /* since the first run */
    bool test_first;
};

/* A growable array (base/memory.h): free() the items. */
struct pairs {
    struct pair *items;
    size_t count, capacity;
};

#endif
