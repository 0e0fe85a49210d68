/*
 * records.h - records of a function-sample tree: copied to another scale, and parts of them found.
 */
#ifndef PGO_CONVERT_RECORDS_H
#define PGO_CONVERT_RECORDS_H

#include "base/byteset.h"
#include "profile/sampleprof.h"

/* A count is multiplied by numerator / denominator and rounded; what is not 0 stays so. */
struct records_scale {
    uint64_t numerator, denominator;
};

uint64_t records_scale_count(struct records_scale scale, uint64_t count);

/* Adds the counts of `from`, and of all that is inlined in it, to those of `into`, of `tree`. */
void records_copy(struct sampleprof *tree, struct sampleprof_function *into,
                  const struct sampleprof_function *from, struct records_scale scale);

/* Adds the names of all functions that are inlined in the record and have counts there. */
void records_add_inlined(const struct sampleprof_function *record, struct byteset *names);

/*
 * Calls visit() with each callee that is inlined in `new`, has counts, and is not inlined at that
 * place in `old`; not with what is inlined in such a callee.
 */
void records_visit_missing(const struct sampleprof_function *new,
                           const struct sampleprof_function *old,
                           void (*visit)(void *data, const struct sampleprof_function *callee),
                           void *data);

/*
 * The compile-unit map for `tree`: the new one, and of the old one what is still needed, so that
 * units that went away go from it too.
 */
void records_add_units(struct sampleprof *tree, const struct sampleprof *old,
                       const struct sampleprof *new);

#endif
