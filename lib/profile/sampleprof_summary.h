/*
 * sampleprof_summary.h - what makes a count hot or cold: the counts of a profile, summed up.
 *
 * LLVM compares each count with thresholds that it takes from here: the smallest count among the
 * largest ones that make up 99% of all (hot), and 99.9999% (cold). A summary is plain data. It is
 * of a whole profile; whoever hands out parts of a profile hands out the same summary with each.
 * Sums saturate, where LLVM's wrap around.
 * Source of the format: LLVM, ProfileSummaryBuilder.cpp, ProfileSummaryInfo.cpp.
 */
#ifndef PROFILE_SAMPLEPROF_SUMMARY_H
#define PROFILE_SAMPLEPROF_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

enum { SAMPLEPROF_CUTOFFS = 16 };

/* The largest counts that come to `cutoff` millionths of the total: */
struct sampleprof_summary_entry {
    uint32_t cutoff;
    uint64_t min_count;   /* the smallest of them */
    uint64_t count_count; /* how many they are */
};

struct sampleprof_summary {
    uint64_t total;     /* of all counts, of lines and inlined calls */
    uint64_t max_count; /* the largest of them */
    uint64_t max_head;  /* of a function */
    uint64_t count_count, function_count;
    struct sampleprof_summary_entry entries[SAMPLEPROF_CUTOFFS]; /* by cutoff */
};

struct sampleprof_function;

/* Of these functions, and of what is inlined in them. */
void sampleprof_summarize(const struct sampleprof_function *const *functions, size_t count,
                          struct sampleprof_summary *summary);

#endif
