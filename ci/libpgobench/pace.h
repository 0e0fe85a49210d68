/*
 * pace.h - how many iterations come next.
 *
 * As Go does it: one, then by the speed so far a fifth more than seem to be missing, but never more
 * than 100 times as many as there were, since the first ones say little.
 */
#ifndef PGOBENCH_PACE_H
#define PGOBENCH_PACE_H

#include <stdint.h>

#define PACE_MAX_ITERATIONS 1000000000
#define PACE_MAX_STRETCH    10 /* wall time is at most so many times the goal */

struct pace {
    int64_t goal_ns;
    uint64_t goal_iterations; /* 0: by time */
};

/* 0: enough. `measured_ns` is of the iterations done; `wall_ns` has what was not measured as well.
 */
uint64_t pace_next(const struct pace *pace, uint64_t done, int64_t measured_ns, int64_t wall_ns);

#endif
