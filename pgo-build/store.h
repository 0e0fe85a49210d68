/*
 * store.h - files of the cache that are named by what they hold: profiles/CONTENT/NAME.
 *
 * A path stands for one content for ever, so caches may trust it, and a file that is there is
 * complete.
 */
#ifndef PGO_BUILD_STORE_H
#define PGO_BUILD_STORE_H

#include "base/err.h"
#include "base/strbuf.h"

/* Puts the bytes there, unless they are; returns the path, which is to be freed, or NULL. */
char *store_put(const char *cache, const char *name, const struct strbuf *bytes, struct err *err);

#endif
