/*
 * output.h - the -o FILE of every subcommand that writes a profile.
 *
 * output_check() comes before the work: a recording of an hour must not end with "exists already".
 * output_write() is atomic.
 */
#ifndef COLLECT_OUTPUT_H
#define COLLECT_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "profile/profile.h"

#define OUTPUT_DEFAULT "default.pgo"

/* Can this be written? An existing file only with `force`; "-", standard output, not a terminal. */
MUST_CHECK bool output_check(const char *path, bool force, struct err *err);

/* As gzipped pprof; *bytes is its size. */
MUST_CHECK bool output_write(const char *path, bool force, const struct profile *profile,
                             size_t *bytes, struct err *err);

#endif
