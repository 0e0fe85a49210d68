/*
 * verdict.h - one of three verdicts from the pairs, by a rule that is written down here.
 *
 * The difference of a pair is log(test / base) of the CPU time: a ratio, so a long run does not
 * outweigh a short one, and swapping the builds flips only the sign. The shift is the
 * Hodges-Lehmann estimate of these differences. The control is base paired with base; its noise
 * floor is the farther bound of the 90% interval of its shift: a difference that the same program
 * shows against itself.
 *
 *     faster   the 99% interval of the shift lies below zero, and the shift beyond the floor
 *     slower   the 99% interval of the shift lies above zero, and the shift beyond the floor
 *     no measurable difference    all else
 *
 * If the builds are alike, the interval alone errs at most once in 100 comparisons; the floor
 * guards against what makes pairs unlike though the builds are alike (a place in the order).
 *
 * No verdict is possible (an error, never a verdict) with fewer than VERDICT_MIN_PAIRS pairs, or
 * when a run's CPU time is too short to tell from starting a process.
 *
 * Shifts and floors are differences of logarithms; verdict_pct() makes percent of them.
 */
#ifndef BENCH_VERDICT_H
#define BENCH_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "pgo-bench/sample.h"
#include "pgo-bench/statistics.h"

#define VERDICT_LEVEL         0.99
#define VERDICT_CONTROL_LEVEL 0.90
#define VERDICT_MIN_PAIRS     8     /* statistics_min_count(VERDICT_LEVEL) */
#define VERDICT_MIN_CPU_S     0.001 /* starting and ending a process alone takes about half of it */

enum verdict {
    VERDICT_NO_DIFFERENCE,
    VERDICT_FASTER,
    VERDICT_SLOWER,
};

struct build_summary {
    double cpu_s, wall_s, peak_bytes; /* medians */
    struct interval cpu_interval_s, wall_interval_s;
};

struct judgement {
    enum verdict verdict;
    struct build_summary base, test;
    struct shift shift; /* of the CPU time, 99% interval */
    double p_value;     /* signed-rank test of "no shift", two-sided */
    double floor;       /* 0 or more */

    /* Pairs with which a difference of 1% would be found four times in five, at this noise. */
    double pairs_for_one_pct;
};

/* The two reasons for no verdict, to be asked as soon as they can be known. */
MUST_CHECK bool verdict_check_pairs(size_t pairs, struct err *err);
MUST_CHECK bool verdict_check_sample(const char *label, double cpu_s, struct err *err);

MUST_CHECK bool verdict_decide(const struct pairs *pairs, const struct pairs *control,
                               struct judgement *judgement, struct err *err);

/* Slower by verdict, and with confidence by more than this: the interval's near bound is beyond. */
bool verdict_beyond_gate(const struct judgement *judgement, double gate_pct);

const char *verdict_name(enum verdict verdict); /* "faster", ... */
double verdict_pct(double shift); /* log ratio -> percent: -15.3 takes that much less */

#endif
