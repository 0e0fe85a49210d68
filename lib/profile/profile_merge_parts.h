/*
 * profile_merge_parts.h - what profile_merge.c gathers, with the places of code by
 * profile_merge_places.c, and profile_merge_build.c puts in order.
 *
 * Everything distinct has a dense id, in the order of arrival, which means nothing: only contents
 * may decide what comes out.
 */
#ifndef PROFILE_PROFILE_MERGE_PARTS_H
#define PROFILE_PROFILE_MERGE_PARTS_H

#include "profile/profile_merge.h"

/* Sums of int64_t values times weights; by duration, in units of 2^-20 a minute. */
__extension__ typedef __int128 merge_sum;

struct merge_binary {
    const char *build_id;
    const char *file;      /* of several names the first in order */
    uint64_t own_start_ip; /* of code without a file: its offsets mean nothing elsewhere; else 0 */
    uint64_t first_count;  /* profiles that have it first */
};

/* [pgoff, pgoff + size) of a binary. */
struct merge_mapping {
    uint32_t binary;
    uint64_t pgoff, size;
    uint64_t start_ip; /* the lowest seen */
    bool has_functions, has_filenames, has_line_numbers, has_inline_frames;
};

struct merge_location {
    uint32_t binary, mapping; /* or PROFILE_NONE; of several mappings the first in order */
    uint64_t off;             /* in the file; without a mapping the ip */
    bool has_address;
    struct profile_line *lines; /* functions are ids here */
    uint32_t line_count;
};

struct profile_merge {
    enum profile_merge_scale scale;
    struct profile_merge_facts facts;
    struct profile *head; /* strings, value types, times, comments; none of the rest */

    struct byteset binary_keys, mapping_keys, location_keys;
    struct byteset functions;  /* struct profile_function */
    struct byteset label_sets; /* arrays of struct profile_label, in order */
    struct byteset stacks;     /* arrays of uint32_t: location ids, then the label set */
    struct merge_binary *binaries;
    size_t binary_count, binary_capacity;
    struct merge_mapping *mappings;
    size_t mapping_count, mapping_capacity;
    struct merge_location *locations;
    size_t location_count, location_capacity;
    merge_sum *sums; /* for each stack, one a value type */
    size_t sum_count, sum_capacity;
    merge_sum *totals, *scaled_totals; /* by value type: times the weight; as the sums are */

    uint64_t *location_key; /* scratch */
    size_t location_key_capacity;
    uint32_t *stack_key;
    size_t stack_key_capacity;
};

/* One profile on its way in: its indexes and our ids, PROFILE_NONE where not looked up yet. */
struct merge_intake {
    struct profile_merge *merge;
    const struct profile *in;
    uint32_t *binaries; /* by mapping */
    uint32_t *mappings, *functions, *locations;
    merge_sum factor; /* of the values */
};

const char *merge_intern(const struct merge_intake *intake, const char *text);
void merge_add_mappings(struct merge_intake *intake);
uint32_t merge_find_location(struct merge_intake *intake, uint32_t index);

/* Orders by content, as strcmp() does. */
int merge_compare_binaries(const struct merge_binary *a, const struct merge_binary *b);
int merge_compare_functions(const struct profile_function *a, const struct profile_function *b);
int merge_compare_mappings(const struct profile_merge *merge, uint32_t a, uint32_t b);
int merge_compare_labels(const struct profile_label *a, const struct profile_label *b);

const struct profile_function *merge_function(const struct profile_merge *merge, uint32_t id);

#endif
