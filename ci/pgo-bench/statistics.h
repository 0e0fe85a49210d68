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
 * A level is a probability (0.99); an error is one less the level. Discrete distributions reach at
 * least the level, rarely exactly it. An interval does not exist when there are too few values: the
 * functions then return false, or 0 for a tail. Time and memory grow with the square of the count
 * (statistics_shift_tail() and the test's with its third power); counts up to STATISTICS_MAX_COUNT
 * are meant. Nothing is kept; inputs are not reordered but by
 * statistics_select().
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

/* The value that would stand at this place if the values were sorted; reorders them. */
double statistics_select(double *values, size_t count, size_t place);

/* count is 1 or more. */
double statistics_median(const double *values, size_t count);

MUST_CHECK bool statistics_median_interval(const double *values, size_t count, double level,
                                           struct interval *interval);

/*
 * How many of the smallest and of the largest means of pairs an interval of this error leaves
 * out, for a shift of `count` differences. It depends on nothing else, and takes most of the time:
 * who asks often keeps it.
 */
size_t statistics_shift_tail(size_t count, double error);

/* With the tail of this count and the wanted error; false if it is 0. */
MUST_CHECK bool statistics_shift(const double *differences, size_t count, size_t tail,
                                 struct shift *shift);

/*
 * The two-sided p-value of "the differences lie symmetrically around zero". Zeros are left out,
 * ties share their rank, and the distribution is that of exactly these ranks. 1 if all are zero.
 */
double statistics_signed_rank_p(const double *differences, size_t count);

/* The fewest values for which both intervals exist at this error: 8 for 0.01, 11 for 0.001. */
size_t statistics_min_count(double error);

/* What a standard normal value exceeds with this probability, at most 0.5: 0.84 for 0.2. */
double statistics_normal_quantile(double tail);

#endif
