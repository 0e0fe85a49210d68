#include "libpgobench/pace.h"

/* As many as fit into this time at the speed so far, as far as a double tells. */
static double fitting(int64_t remaining_ns, uint64_t done, int64_t taken_ns)
{
    return (double)remaining_ns * (double)done / (double)(taken_ns > 0 ? taken_ns : 1);
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

uint64_t pace_next(const struct pace *pace, uint64_t done, int64_t measured_ns, int64_t wall_ns)
{
    const int64_t most_ns = PACE_MAX_STRETCH * pace->goal_ns;
    double count;

    if (pace->goal_iterations)
        return done < pace->goal_iterations ? pace->goal_iterations - done : 0;
    if (measured_ns >= pace->goal_ns || wall_ns >= most_ns || done >= PACE_MAX_ITERATIONS)
        return 0;
    if (!done)
        return 1;
    count = 1.2 * fitting(pace->goal_ns - measured_ns, done, measured_ns);
    count = least(count, fitting(most_ns - wall_ns, done, wall_ns));
    count = least(count, 99.0 * (double)done);
    count = least(count, (double)(PACE_MAX_ITERATIONS - done));
    return count > 1 ? (uint64_t)count : 1;
}
