/*
 * gzip.h - whole gzip streams (RFC 1952), in memory.
 */
#ifndef PROFILE_GZIP_H
#define PROFILE_GZIP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"

bool gzip_is_likely(const void *data, size_t len); /* the two magic bytes */

/* Appends the content, of one member or several; more than max_bytes is ERR_LIMIT. */
MUST_CHECK bool gzip_decompress(const void *data, size_t len, size_t max_bytes, struct strbuf *out,
                                struct err *err);

/* Appends one member without a name or a time: the same content gives the same bytes. */
void gzip_compress(const void *data, size_t len, struct strbuf *out);

#endif
