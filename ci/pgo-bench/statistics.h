/*
 * statistics.h - medians, intervals and a test that assume no shape of the noise.
 *
 * Everything here is exact: no normal approximation at any count, so few runs are not flattered.
 * Sources: order-statistic intervals for the median by the binomial distribution (David and
 * Nagaraja, Order Statistics, section 7.1); the shift of Hodges and Lehmann with its interval, and
 * the signed-rank test of Wilcoxon (Hollander and Wolfe, Nonparametric Statistical Methods,
 * chapter 3). The shift's interval assumes that the differences lie symmetrically around it, which
 * pairs of like runs in alternating order do.
 *
 * A level is a probability (0.99). Discrete distributions reach at least the level, rarely exactly
 * it. An interval does not exist when there are too few values: the functions then return false.
 * Time and memory grow with the square of the count (and the test's with its third power); counts
 * up to STATISTICS_MAX_COUNT are meant. Nothing is kept; inputs are not reordered.
 */
#ifndef BENCH_STATISTICS_H
#define BENCH_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

#define STATISTICS_MAX_COUNT 500

struct interval {
    double low, high;
};

struct shift {
    double value; /* the median of the means of all pairs of differences */
    struct interval interval;
};

/* count is 1 or more. */
double statistics_median(const double *values, size_t count);

MUST_CHECK bool statistics_median_interval(const double *values, size_t count, double level,
                                           struct interval *interval);

MUST_CHECK bool statistics_shift(const double *differences, size_t count, double level,
                                 struct shift *shift);

/*
 * The two-sided p-value of "the differences lie symmetrically around zero". Zeros are left out,
 * ties share their rank, and the distribution is that of exactly these ranks. 1 if all are zero.
 */
double statistics_signed_rank_p(const double *differences, size_t count);

/* The fewest values for which both intervals exist at this level: 8 for 0.99. */
size_t statistics_min_count(double level);

#endif
