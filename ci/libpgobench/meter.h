/*
 * meter.h - time and allocations while it runs.
 *
 * Wall time is read last at the start and first at the end, so that it holds nothing of ours; the
 * CPU time of the process holds its own system call, a few tenths of a us for each pair.
 */
#ifndef PGOBENCH_METER_H
#define PGOBENCH_METER_H

#include <stdbool.h>
#include <stdint.h>

#include "libpgobench/allocations.h"

struct reading {
    int64_t wall_ns, cpu_ns;
    struct allocations allocations;
};

struct meter {
    struct reading sum, start;
    bool runs;
};

void meter_start(struct meter *meter); /* one that runs goes on */
void meter_stop(struct meter *meter);
void meter_reset(struct meter *meter); /* to zero; it runs on, if it ran */

bool meter_counts_allocations(void);

#endif
