/*
 * reply.h - the body of a server's answer → a profile; or what it is instead, in its first words.
 *
 * Read are pprof, gzipped or not; gperftools' CPU profile; of Parca the JSON around a pprof. The
 * bound holds for the bytes that came and for what they unpack to.
 */
#ifndef COLLECT_FETCH_REPLY_H
#define COLLECT_FETCH_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "profile/profile.h"
#include "url.h"

/* NULL on failure: ERR_FORMAT or ERR_LIMIT, with a hint. A profile has at least one sample. */
struct profile *reply_read(enum backend backend, const void *data, size_t len, size_t max_bytes,
                           struct err *err) MUST_CHECK;

/*
 * Appends the first words of a text, for a message: of a page of HTML without its tags, of JSON
 * the "message" or "error". Nothing if it is no text.
 */
void reply_excerpt(const void *data, size_t len, struct strbuf *out);

#endif
