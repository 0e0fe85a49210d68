/*
 * unpaired.h - two samples that are not pairs: the rank test of Mann and Whitney, and the shift.
 *
 * For results that come from files: nobody knows which run of one build ran beside which of the
 * other. Sources: Hollander and Wolfe, Nonparametric Statistical Methods, chapter 4.
 *
 * The distribution of the rank sum is exact, ties and all, up to UNPAIRED_EXACT_COUNT values of
 * both together; above it is the normal approximation with corrections for ties and continuity.
 * Each sample has 1 or more values and at most STATISTICS_MAX_COUNT. Nothing is kept or reordered.
 */
#ifndef BENCH_UNPAIRED_H
#define BENCH_UNPAIRED_H

#include <stddef.h>

#include "pgo-bench/statistics.h"

#define UNPAIRED_EXACT_COUNT 80 /* its distribution takes some 20 ms */

struct values {
    const double *items;
    size_t count;
};

/* The two-sided p-value of "both come from one distribution". */
double unpaired_rank_p(const struct values *base, const struct values *test);

/* The smallest p-value that samples of these sizes can have. */
double unpaired_least_p(size_t base_count, size_t test_count);

/*
 * How far test lies above base: the median of all differences between a value of test and one of
 * base, with its interval. Where the samples are too small for this error its ends are infinite.
 */
struct shift unpaired_shift(const struct values *base, const struct values *test, double error);

#endif
