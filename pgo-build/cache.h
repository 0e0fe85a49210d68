/*
 * cache.h - the cache folder as a whole: how large it is, and what leaves it.
 *
 * What converted profiles and the like take is bounded: when a build ends and they are more than
 * CACHE_MAX_BYTES, those go that were not used for the longest time, until 90% of that is left. An
 * entry is a folder below profiles/ or notes/, or a file below profiles/made/ or a project's
 * slices/; the time of its last use is the newest modification time in it, which cache_touch()
 * sets. Remains of killed builds go after a day.
 *
 * Two builds at once: each holds the cache's lock, shared, from before it looks for its profile to
 * its end. Only who gets the lock alone prunes, so nothing is taken from under a build; if another
 * one runs, that one will prune at its end.
 */
#ifndef PGO_BUILD_CACHE_H
#define PGO_BUILD_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define CACHE_MAX_BYTES ((uint64_t)1 << 30)

/* Opens the lock of the cache, shared: the descriptor to close at the end, or -1. */
int cache_lock(const char *cache, struct err *err);

/* The file was used now; false: it is not there any more, and has to be made anew. */
bool cache_touch(const char *path);

struct cache_size {
    uint64_t bytes;
    size_t count; /* of entries */
};
struct cache_size cache_measure(const char *cache);

/* Was a profile or a slice added since then? A build that adds none has nothing to prune. */
bool cache_has_grown(const char *cache, uint64_t since_ns);

/* Prunes to `max_bytes`, if the lock can be had alone; what cannot be removed stays. */
void cache_prune(const char *cache, int lock, uint64_t max_bytes);

#endif
