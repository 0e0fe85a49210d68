/*
 * fold.h - counts of addresses, or of a profile's own lines, folded into the function-sample tree.
 *
 * A count goes to the key (inline stack, line offset, base discriminator). A stack with a line 0,
 * without a start line or with a name that cannot be written has no key: its count is lost.
 */
#ifndef PGO_CONVERT_FOLD_H
#define PGO_CONVERT_FOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "binaries.h"
#include "counts.h"
#include "profile/profile.h"
#include "profile/sampleprof.h"
#include "report.h"

enum fold_rule {
    FOLD_MAX, /* a line takes the largest of its instructions' counts, times their copies */
    FOLD_SUM, /* the sum, copies not regarded */
};

/*
 * The counts of addresses of one binary, sorted. Also sets head counts, at starts of symbols, if
 * there are no branch records, which say so exactly (fold_calls.h).
 */
void fold_counts(struct sampleprof *tree, const struct binary *binary, const struct counts *counts,
                 enum fold_rule rule);

/* How much of the counts has no key: of code that belongs to no line, for the most part. */
uint64_t fold_lost(const struct binary *binary, const struct counts *counts);

/* Parts of it: the line of an inline stack, NULL if it has no key; the function it lies in. */
struct sampleprof_line *fold_add_line(struct sampleprof *tree,
                                      const struct symbolizer_frame *frames, size_t count);
/*
 * Where a static function is told from others of its name: the file that holds it. A header's are
 * the same in all units that include it, and one record; those of a unit's own file are the unit's.
 */
const char *fold_owner(const struct symbolizer_function *function);

struct sampleprof_function *fold_add_root(struct sampleprof *tree,
                                          const struct symbolizer_frame *frame);

/* Is a function entered there? */
bool fold_is_entry(const struct image *image, uint64_t vaddr);

/* Its linkage name, or NULL; it belongs to the symbolizer. */
const char *fold_name_of_entry(const struct binary *binary, uint64_t vaddr);

/* One count at the innermost line of a symbolized location; false: *reason says why not. */
bool fold_lines(struct sampleprof *tree, const struct profile *profile,
                const struct profile_location *location, uint64_t count, enum drop_reason *reason);

/* Adds the compile-unit map of the binary: after all its counts. */
void fold_units(struct sampleprof *tree, const struct binary *binary);

#endif
