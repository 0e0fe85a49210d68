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

struct sampleprof;
struct sampleprof_function;

/* Of these functions, and of what is inlined in them. */
void sampleprof_summarize(const struct sampleprof_function *const *functions, size_t count,
                          struct sampleprof_summary *summary);

/* Of the flat profile of a finished tree: the one that it keeps, else its own. */
void sampleprof_summarize_tree(struct sampleprof *tree, struct sampleprof_summary *summary);

/*
 * Would the compiler take about the same counts for hot, and for cold? Each of the two thresholds
 * within `ratio` of the other's, and the working set on the same side of LLVM's limits.
 */
bool sampleprof_summary_is_near(const struct sampleprof_summary *a,
                                const struct sampleprof_summary *b, double ratio);

/* As words of a comment (docs/formats.md), and back; false: it is something else. */
void sampleprof_summary_format(const struct sampleprof_summary *summary, struct strbuf *out);
bool sampleprof_summary_parse(const char *text, struct sampleprof_summary *summary);

#endif
