/*
 * parts.h - the function-sample trees that one profile is made of, added up at the end.
 *
 * Each binary has its own tree, so that several builds of one program add; so have the samples
 * that are known by names and lines alone, and each sample profile of LLVM's that was given.
 *
 * Scale. Counts of binaries are either all estimated (ESTIMATE_SCALE for one sample of cost 1) or
 * all samples. A sample of a line is one: where the counts of binaries are estimates, it is
 * multiplied by what a sample of the binaries came to on average, so that a function's share of
 * the counts is its share of the samples in both. Counts of LLVM's profiles are taken as they are,
 * times the weight that the user gives: those that pgo-convert wrote have the scale of what it
 * estimates now, and of others nobody but the user knows what they stand for.
 */
#ifndef PGO_CONVERT_PARTS_H
#define PGO_CONVERT_PARTS_H

#include "base/err.h"
#include "profile/sampleprof.h"

enum part_kind {
    PART_BINARY,
    PART_LINES,
    PART_PROFILE, /* LLVM's */
};

struct part {
    enum part_kind kind;
    char *name;              /* heap: of its file */
    struct sampleprof *tree; /* owned */
    uint64_t weight;
};

struct parts {
    struct part *items;
    size_t count, capacity;
};

/* Takes the tree. */
void parts_add(struct parts *parts, enum part_kind kind, const char *name, struct sampleprof *tree,
               uint64_t weight);
void parts_drop_lines(struct parts *parts); /* those of PART_LINES */
void parts_release(struct parts *parts);

/* All counts of a part, times its weight; of all parts. */
uint64_t parts_total_of(const struct part *part);
uint64_t parts_total(const struct parts *parts);

/* Sets the weight of the lines; `sample_count` is that of the samples in the binaries' trees. */
void parts_scale_lines(struct parts *parts, uint64_t sample_count);

/*
 * The sum of all trees, finished and the caller's; the parts are released. `losses` as in
 * sampleprof_merge.h. ERR_MISMATCH if some are by pseudo-probe and some by line: a file that the
 * user named is not left out in silence.
 */
MUST_CHECK struct sampleprof *parts_merge(struct parts *parts, struct sampleprof_losses *losses,
                                          struct err *err);

#endif
