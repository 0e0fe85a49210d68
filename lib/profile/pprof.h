/*
 * pprof.h - pprof files (profile.proto of github.com/google/pprof), gzipped or not.
 *
 * Reading takes any input: every count, index and size is checked against the bytes that are
 * there, and a profile that is returned has no dangling reference. What a file says beyond
 * profile.h (columns, folded frames, drop_frames) is not kept.
 */
#ifndef PROFILE_PPROF_H
#define PROFILE_PPROF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "profile/profile.h"

/* Bound on the decompressed size: a million stacks of 25 frames take about 100 MB. */
#define PPROF_MAX_BYTES ((size_t)512 * 1024 * 1024)

/* Bound on the lines of one location, each inlined into the next: readers recurse over them. */
#define PPROF_MAX_INLINE_DEPTH 1000

/* NULL on failure: ERR_FORMAT (damaged), ERR_LIMIT (too large). */
struct profile *pprof_read(const void *data, size_t len, struct err *err) MUST_CHECK;

/* Appends the gzipped file. The same profile gives the same bytes. */
void pprof_write(const struct profile *profile, struct strbuf *out);

#endif
