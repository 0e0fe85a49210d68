/*
 * profile.h - a sampled profile in memory: what pprof files hold, resolved and checked.
 *
 * Life cycle: profile_new(), then add mappings, functions, locations, samples (a collector), or
 * pprof_read() (pprof.h); profile_free() frees all of it, since everything lies in one arena.
 * Strings are interned by profile_intern() and belong to the profile; "" stands for "not known".
 * References are indexes into the arrays here and always valid; PROFILE_NONE is "none".
 *
 * Addresses are `ip`: run time, in the address space of the sampled process. A mapping turns
 * them into file offsets: off = ip - start_ip + pgoff.
 *
 * The first frame of a sample is the leaf: its ip is the sampled instruction. The others are
 * callers, and their ip lies within the call instruction (return address minus one), as pprof's
 * readers expect.
 */
#ifndef PROFILE_PROFILE_H
#define PROFILE_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/byteset.h"
#include "base/err.h"
#include "base/memory.h"

#define PROFILE_NONE UINT32_MAX

struct profile_value_type {
    const char *type; /* "samples", "cpu" */
    const char *unit; /* "count", "nanoseconds" */
};

struct profile_mapping {
    uint64_t start_ip, limit_ip; /* [start, limit) */
    uint64_t pgoff;              /* offset in the file of start_ip */
    const char *file;
    const char *build_id; /* lower-case hexadecimal, or "" */
    bool has_functions, has_filenames, has_line_numbers, has_inline_frames;
};

struct profile_function {
    const char *name;        /* for people */
    const char *system_name; /* linkage name */
    const char *file;
    int64_t start_line; /* 0: not known */
};

struct profile_line {
    uint32_t function; /* index, never PROFILE_NONE */
    int64_t line;      /* 0: not known */
};

struct profile_location {
    uint32_t mapping;           /* index or PROFILE_NONE */
    uint64_t ip;                /* 0: not known */
    struct profile_line *lines; /* inline stack, innermost first; NULL when not symbolized */
    uint32_t line_count;
};

struct profile_label {
    const char *key;
    const char *text; /* "" when the label is a number */
    int64_t number;
    const char *unit;
};

struct profile_sample {
    uint32_t *locations; /* indexes, leaf first */
    uint32_t location_count;
    int64_t *values; /* one a value type */
    struct profile_label *labels;
    uint32_t label_count;
};

struct profile {
    struct arena arena;
    struct byteset strings;

    struct profile_value_type *value_types;
    size_t value_type_count, value_type_capacity;
    struct profile_mapping *mappings;
    size_t mapping_count, mapping_capacity;
    struct profile_function *functions;
    size_t function_count, function_capacity;
    struct profile_location *locations;
    size_t location_count, location_capacity;
    struct profile_sample *samples;
    size_t sample_count, sample_capacity;
    const char **comments;
    size_t comment_count, comment_capacity;

    const char *default_type; /* of value_types, or "" */
    struct profile_value_type period_type;
    int64_t period; /* in period_type's unit, between two samples */
    int64_t time_ns, duration_ns;
};

struct profile *profile_new(void);
void profile_free(struct profile *profile); /* NULL is fine */

/* The profile's own copy of the text: equal texts give the same pointer. Bytes end at a NUL. */
const char *profile_intern(struct profile *profile, const char *text);
const char *profile_intern_bytes(struct profile *profile, const void *bytes, size_t len);

/* Each appends one and returns its index. Pointer fields are stored as they are: intern first. */
uint32_t profile_add_value_type(struct profile *profile, const char *type, const char *unit);
uint32_t profile_add_mapping(struct profile *profile, const struct profile_mapping *mapping);
uint32_t profile_add_function(struct profile *profile, const struct profile_function *function);
uint32_t profile_add_location(struct profile *profile, const struct profile_location *location);
void profile_add_comment(struct profile *profile, const char *format, ...) PRINTF_LIKE(2, 3);

/* Copies the locations; the values are zero, one for each value type that exists by now. */
struct profile_sample *profile_add_sample(struct profile *profile, const uint32_t *locations,
                                          size_t location_count);

/*
 * Which value of a sample is its weight, in samples: `wanted` by name, else "samples", else "cpu"
 * (nanoseconds, to be divided by the period), else the default type, else the last. Foreign names
 * such as "cycles_sample" count as samples. ERR_NOT_FOUND if there is no such type.
 */
struct profile_weight {
    uint32_t value;  /* index into values */
    int64_t divisor; /* 1, or the period in the value's unit */
};
MUST_CHECK bool profile_find_weight(const struct profile *profile, const char *wanted,
                                    struct profile_weight *weight, struct err *err);

/* Is that weight bytes? Then it is a heap profile, and says nothing about time. */
bool profile_weighs_memory(const struct profile *profile, const struct profile_weight *weight);

#endif
