/*
 * fold_samples.h - how many samples each function's counts were made from.
 *
 * What --refresh needs to tell chance from a change. The samples of a binary are noted in the
 * function that was compiled where they lie. A function that has counts and no sample of its own
 * (its code lies within another's, or only its neighbours were hit) is given as many as its counts
 * are worth in the rest of the tree, at least 1.
 */
#ifndef PGO_CONVERT_FOLD_SAMPLES_H
#define PGO_CONVERT_FOLD_SAMPLES_H

#include "binaries.h"
#include "profile/sampleprof.h"

/* After the counts of that binary were folded; the tree is not finished, and of it alone. */
void fold_samples(struct sampleprof *tree, const struct binary *binary);

#endif
