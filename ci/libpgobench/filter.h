/*
 * filter.h - which benchmarks run: -bench.
 *
 * As Go's: the pattern is cut at each '/' outside of brackets, and each level of a name must match
 * its part, a POSIX extended regular expression that may match anywhere in it. Levels beyond the
 * pattern match. `struct filter f = {0};` lets all pass.
 */
#ifndef PGOBENCH_FILTER_H
#define PGOBENCH_FILTER_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct filter {
    regex_t *levels;
    size_t count, capacity;
};

MUST_CHECK bool filter_init(struct filter *filter, const char *pattern, struct err *err);
void filter_release(struct filter *filter);

bool filter_matches(const struct filter *filter, size_t level, const char *name);

#endif
