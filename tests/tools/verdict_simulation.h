/*
 * verdict_simulation.h - comparisons of pgo-bench by the million, drawn from recorded noise.
 *
 * A recording is the CPU time of one program, run after run, as a machine gave it. A comparison is
 * put together from blocks of consecutive runs, each from a random place, so that drift, bursts and
 * what one run has to do with the next are kept. Its pairs get their order by toss as in run.c, and
 * test's times are multiplied by a factor. The looks and the rule are those of pgo-bench.
 *
 * The same seed gives the same comparisons.
 */
#ifndef VERDICT_SIMULATION_H
#define VERDICT_SIMULATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct recording {
    char *name; /* of the file, without folder and ending */
    double *log_times;
    size_t count, capacity;
};

/* Lines: a time in microseconds; `#` starts a comment. */
MUST_CHECK bool recording_read(const char *path, struct recording *recording, struct err *err);
void recording_release(struct recording *recording);

struct simulation {
    const struct recording *recording;
    double shift; /* log(test / base) that is true */
    size_t max_pairs;
    bool early_stop;
    size_t comparisons;
    uint64_t seed;
};

struct simulated {
    size_t faster, slower;
    size_t pairs;  /* of all comparisons together */
    size_t covers; /* comparisons whose interval holds the true shift */
};

struct simulated simulate(const struct simulation *simulation);

#endif
