/*
 * bodies.h - what a profile says of the own lines of a function, all its copies taken together.
 *
 * Two builds of one source differ in what they inline. What is a record in the profile of one is
 * then a part of other records in that of the other, so records cannot be compared. A body can: the
 * sum of the function's own lines wherever a copy of it lies, out of line or inlined.
 *
 * Some lines lose their code by inlining, and so their count. They are not compared:
 * - a line on which something is inlined, in either profile: its only code may be the call;
 * - where at least half of a body is in inlined copies, the lines that none of these has: entry
 *   and return. A line that is there with a 0 is compared.
 *
 * Bodies are told apart by name alone: static functions of one name are one body. An object is
 * made of a finished tree, which must outlive it.
 */
#ifndef PGO_CONVERT_BODIES_H
#define PGO_CONVERT_BODIES_H

#include <stdbool.h>

#include "profile/sampleprof.h"
#include "similarity.h"

struct bodies;

struct bodies *bodies_new(const struct sampleprof *tree);
void bodies_free(struct bodies *bodies); /* NULL is fine */

double bodies_samples_per_count(const struct bodies *bodies); /* 0 if it is not known */
bool bodies_has(const struct bodies *bodies, const char *name);

/* Of one body, what can be compared: nothing, if either of `counts` is 0. */
struct body_pair {
    double counts[2], samples[2]; /* samples: what the counts are worth; 0 if that is not known */
    struct similarity similarity;
};
struct body_pair bodies_compare(const struct bodies *a, const struct bodies *b, const char *name);

/* The sums of the counts that can be compared: they tell what a count of one is worth in the other.
 */
void bodies_sum(const struct bodies *a, const struct bodies *b, double sums[2]);

/* Is another part of the two records, or of their function's body, in inlined copies? */
bool bodies_are_inlined_otherwise(const struct bodies *a, const struct bodies *b,
                                  const struct sampleprof_function *in_a,
                                  const struct sampleprof_function *in_b);

/*
 * Two records of one function by the bodies that they are made of: the mean of their similarities,
 * by the share of the records' counts. Either record may be NULL.
 */
struct similarity bodies_compare_records(const struct bodies *a, const struct bodies *b,
                                         const struct sampleprof_function *in_a,
                                         const struct sampleprof_function *in_b);

#endif
