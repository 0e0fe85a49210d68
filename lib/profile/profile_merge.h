/*
 * profile_merge.h - many profiles added up into one, in memory that grows with what is distinct in
 * them and not with their number.
 *
 * Life cycle: profile_merge_new(), profile_merge_add() for each profile, which may be freed right
 * after, profile_merge_build(), profile_merge_free(). The order of the profiles makes no
 * difference: same profiles, same result.
 *
 * Equal is what is equal in the file: a binary is its build id (without one, its file name), and a
 * location is an offset in it, wherever it was loaded. At one offset of one build the form with the
 * most lines stands for all, so a symbolized profile lends its names to others. Without a build
 * id, equal offsets may be of two builds: then the lines must be equal as well.
 *
 * In the result, mappings have the lowest address at which they were seen, and those of one binary
 * that overlap have become one. The first is the binary that came first in most profiles.
 * Times: the earliest start, the durations added. Comments: those that all profiles have.
 */
#ifndef PROFILE_PROFILE_MERGE_H
#define PROFILE_PROFILE_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "profile/profile.h"

struct profile_merge;

enum profile_merge_scale {
    PROFILE_MERGE_PLAIN,       /* values times the weight */
    PROFILE_MERGE_BY_DURATION, /* each profile as if it had the same duration; the totals stay */
};

/* Of what was added, in samples (of memory: bytes), without the weights. Texts are the merge's. */
struct profile_merge_facts {
    uint64_t profile_count;
    const char *program, *other_program; /* file that the first profile names first; and another */
    uint64_t other_count;                /* profiles that name a file of another name first */
    bool is_memory;                      /* heap profiles: a "sample" is a byte */
    uint64_t sample_count;
    uint64_t in_binaries, in_own; /* whose leaf lies in a mapping; in the profile's first binary */
    uint64_t with_lines, without_start_line; /* leaf with a line; whose function has no start */
    uint64_t without_address;                /* leaf without an address */
    bool has_mixed_periods;
};

struct profile_merge *profile_merge_new(enum profile_merge_scale scale);
void profile_merge_free(struct profile_merge *merge); /* NULL is fine */

/*
 * ERR_MISMATCH: its value types or period type are not those of the profiles before; both are
 * named. ERR_FORMAT: no duration to scale by.
 */
MUST_CHECK bool profile_merge_add(struct profile_merge *merge, const struct profile *profile,
                                  uint64_t weight, struct err *err);

const struct profile_merge_facts *profile_merge_facts(const struct profile_merge *merge);

/* At least one profile must have been added. Values beyond int64_t are cut off there. */
struct profile *profile_merge_build(const struct profile_merge *merge);

#endif
