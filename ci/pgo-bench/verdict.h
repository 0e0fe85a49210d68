/*
 * verdict.h - one of three verdicts from the pairs, by a rule that is written down here.
 *
 * The difference of a pair is log(test / base) of the CPU time: a ratio, so a long run does not
 * outweigh a short one, and swapping the builds flips only the sign. The shift is the
 * Hodges-Lehmann estimate of these differences. The control is base paired with base; its noise
 * floor is the farther bound of the 50% interval of its shift: a difference that the same program
 * shows against itself.
 *
 *     faster   the interval of the shift lies below zero, and the shift beyond the floor
 *     slower   the interval of the shift lies above zero, and the shift beyond the floor
 *     no measurable difference    all else
 *
 * The pairs may be looked at before all are there (looks.h): the interval of a look has the error
 * that this look may spend, and the comparison ends when it is clear: faster or slower; or no
 * difference, because the interval lies within VERDICT_ALIKE_PCT; and, if there is a gate, on which
 * side of it.
 *
 * If the builds are alike, and each pair's order was tossed for, all looks together err at most
 * once in 1,000 comparisons: then each difference might as well have had the other sign, whatever
 * the machine did meanwhile, and that is all that the interval takes for granted. The floor guards
 * against what is unlike though the builds are alike. docs/verdict.md has the reasons and figures.
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
#include "pgo-bench/looks.h"
#include "pgo-bench/sample.h"
#include "pgo-bench/statistics.h"

#define VERDICT_ERROR         0.001 /* of a comparison, all looks and both sides together */
#define VERDICT_SUMMARY_LEVEL 0.99  /* of the medians */
#define VERDICT_CONTROL_LEVEL 0.50
#define VERDICT_ALIKE_PCT     1.0
#define VERDICT_MIN_PAIRS     11    /* statistics_min_count(VERDICT_ERROR) */
#define VERDICT_MIN_CONTROL   8     /* statistics_min_count(1 - VERDICT_SUMMARY_LEVEL) */
#define VERDICT_MIN_CPU_S     0.001 /* starting and ending a process alone takes about half of it */
#define VERDICT_NO_GATE       (-1.0)

enum verdict {
    VERDICT_NO_DIFFERENCE,
    VERDICT_FASTER,
    VERDICT_SLOWER,
};

/* What one look found. */
struct finding {
    enum verdict verdict;
    bool clear;         /* more pairs are not needed */
    struct shift shift; /* of the CPU time, with the interval of this look */
    double floor;       /* 0 or more */
};

struct build_summary {
    double cpu_s, wall_s, peak_bytes; /* medians */
    struct interval cpu_interval_s, wall_interval_s;
};

struct judgement {
    enum verdict verdict;
    struct build_summary base, test;
    struct shift shift; /* its interval holds for the comparison, with VERDICT_ERROR */
    double p_value;     /* signed-rank test of "no shift", two-sided; of this look alone */
    double floor;
    double spread; /* of one difference; as if it were the standard deviation of normal ones */
};

/*
 * The two reasons for no verdict, to be asked as soon as they can be known. `test` is the label of
 * what was paired with base.
 */
MUST_CHECK bool verdict_check_pairs(size_t pairs, struct err *err);
MUST_CHECK bool verdict_check_sample(const char *label, double cpu_s, struct err *err);
MUST_CHECK bool verdict_check_runs(const struct pairs *pairs, const char *test, struct err *err);

/* Differences of the look's first pairs, and of its control. */
void verdict_look(const double *differences, const double *control, const struct look *look,
                  double gate_pct, struct finding *finding);

/* log(test / base) of each pair; room for pairs->count. */
void verdict_differences(const struct pairs *pairs, double *differences);

/* What a report says about the pairs, with the finding of this look. */
void verdict_judge(const struct pairs *pairs, const struct look *look,
                   const struct finding *finding, struct judgement *judgement);

/*
 * The most pairs (-n) with which a shift of this size would be found four times in five, at this
 * noise. An estimate.
 */
double verdict_pairs_needed(const struct judgement *judgement, double shift);

/* Slower by verdict, and with confidence by more than this: the interval's near bound is beyond. */
bool verdict_beyond_gate(const struct judgement *judgement, double gate_pct);

const char *verdict_name(enum verdict verdict); /* "faster", ... */
double verdict_pct(double shift); /* log ratio -> percent: -15.3 takes that much less */

#endif
