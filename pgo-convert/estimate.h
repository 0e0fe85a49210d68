/*
 * estimate.h - from samples of time to counts of execution.
 *
 * A timer sample falls where time goes, so a single instruction's samples say little. All
 * instructions of a basic block run equally often: the block's samples, divided by what the
 * block costs, estimate how often. The unit of the result is arbitrary (ESTIMATE_SCALE is one
 * sample of an instruction of cost 1), since the compiler looks at ratios only.
 */
#ifndef PGO_CONVERT_ESTIMATE_H
#define PGO_CONVERT_ESTIMATE_H

#include "base/err.h"
#include "binary/image.h"
#include "counts.h"

/* Keeps a block of one sample and many instructions apart from 0. */
#define ESTIMATE_SCALE 1000

enum estimate_rule {
    ESTIMATE_NONE,  /* the samples are exact counts: of a function that ran, all that is not
                       listed ran 0 times */
    ESTIMATE_BLOCK, /* each block by itself; an unsampled one is unknown */
    ESTIMATE_FLOW,  /* what enters a block leaves it (flow.h); all blocks of a sampled function */
};

/*
 * Appends the estimated count of every instruction that is estimated to run, and of those that
 * certainly do not; `samples` is sorted. A sampled address that is in no symbol counts by itself.
 */
MUST_CHECK bool estimate_counts(const struct image *image, const struct counts *samples,
                                enum estimate_rule rule, struct counts *counts, struct err *err);

#endif
