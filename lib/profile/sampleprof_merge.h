/*
 * sampleprof_merge.h - several function-sample trees added up into a new one.
 *
 * Counts of the same key add up, saturating, each times the weight of its tree; so do heads and
 * targets; compile-unit maps are united. The order of the sources does not matter. What is known of
 * refreshes is not in the sum: it is a new profile.
 *
 * Probe-based: counts of two control-flow graphs cannot be added. Where checksums of a function
 * (or of an inlined copy) differ, those with the largest sum of totals stand, the others are left
 * out and counted in the losses.
 * A name that no source has twice is one function, wherever its source files lie. Else static
 * functions are told apart by their unit.
 * A function whose unit is not known (it was read from LLVM's form, which has but names) adds to
 * the one of its name that is largest among those whose unit is known.
 */
#ifndef PROFILE_SAMPLEPROF_MERGE_H
#define PROFILE_SAMPLEPROF_MERGE_H

#include "profile/sampleprof.h"

struct sampleprof_source {
    const struct sampleprof *tree; /* finished */
    uint64_t weight;
};

/*
 * The sum, finished; the caller frees it. All sources are probe-based, or none. `losses` has what
 * was left out because of its checksum, its example a name in the result.
 */
struct sampleprof *sampleprof_merge(const struct sampleprof_source *sources, size_t count,
                                    struct sampleprof_losses *losses);

#endif
