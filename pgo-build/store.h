/*
 * store.h - files of the cache that are named by what they hold: profiles/CONTENT/NAME.
 *
 * A path stands for one content for ever, so caches may trust it, and a file that is there is
 * complete. What is written unsynced (a slice: there may be thousands) may be short after a power
 * cut; it is found by its length, and by an index that was written after file_sync().
 */
#ifndef PGO_BUILD_STORE_H
#define PGO_BUILD_STORE_H

#include "base/err.h"
#include "base/file.h"
#include "base/strbuf.h"

/* Puts the bytes there, unless they are; returns the path, which is to be freed, or NULL. */
char *store_put(const char *cache, const char *name, const struct strbuf *bytes,
                enum file_overwrite how, struct err *err);

/* The same of a file beside one of the store's, whose content follows from that one's. */
MUST_CHECK bool store_write(const char *path, const struct strbuf *bytes, enum file_overwrite how,
                            struct err *err);

#endif
