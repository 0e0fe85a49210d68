/*
 * perf_zstd.h - the compressed records of a perf.data file.
 *
 * Only for perf_data.c, and the one place that knows libzstd. All compressed records of a file
 * are one stream, flushed at the end of each record: perf_zstd_new(), perf_zstd_read() for each
 * record in the order of the file, perf_zstd_free().
 */
#ifndef PROFILE_PERF_ZSTD_H
#define PROFILE_PERF_ZSTD_H

#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"

struct perf_zstd;

struct perf_zstd *perf_zstd_new(void);
void perf_zstd_free(struct perf_zstd *zstd); /* NULL is fine */

/* Appends what the bytes decompress to; ERR_FORMAT, or ERR_LIMIT beyond max_bytes. */
MUST_CHECK bool perf_zstd_read(struct perf_zstd *zstd, const void *data, size_t len,
                               size_t max_bytes, struct strbuf *out, struct err *err);

#endif
