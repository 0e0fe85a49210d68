/*
 * looks.h - when a comparison is looked at, and how much of the error each look may spend.
 *
 * Whoever looks ten times at a growing sample, and stops when it looks good, errs up to ten times
 * as often. So the error that the whole comparison may make is divided up before it starts (alpha
 * spending): the last look may err with half of it, the looks before share the other half alike.
 * The chance of any wrong look is at most the sum (the union bound), whatever the looks have in
 * common. The first look is after LOOKS_FIRST_PAIRS pairs, the next whenever they have grown by two
 * fifths, the last at the most pairs: 16, 23, 33, 47, 60.
 *
 * Plain data, no heap. docs/verdict.md tells why this rule and not another.
 */
#ifndef BENCH_LOOKS_H
#define BENCH_LOOKS_H

#include <stdbool.h>
#include <stddef.h>

#define LOOKS_DEFAULT_PAIRS 60
#define LOOKS_FIRST_PAIRS   16
#define LOOKS_MAX           16 /* 11 for STATISTICS_MAX_COUNT pairs */

struct look {
    size_t pairs, control_pairs; /* so many are there when it looks */
    double error;                /* both sides together */
    size_t tail, control_tail;   /* statistics_shift_tail() of the two */
};

struct looks {
    struct look items[LOOKS_MAX];
    size_t count;
};

/* Control pairs that belong to so many pairs: half as many, but enough for its interval. */
size_t looks_control_for(size_t pairs);

/* Without early_stop there is one look, at the end. The errors add up to `error`. */
void looks_plan(size_t max_pairs, bool early_stop, double error, struct looks *looks);

#endif
