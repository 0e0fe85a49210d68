/*
 * heap.h - heap profiles, by what libpgocollect_heap.so has sampled if it is there.
 *
 * That library samples from the constructor on, whether the profiler runs or not.
 */
#ifndef LIBPGOCOLLECT_HEAP_H
#define LIBPGOCOLLECT_HEAP_H

#include <stdbool.h>

#include "../heap_source.h"
#include "base/err.h"
#include "base/strbuf.h"

/*
 * Sampling as the settings want it. False: the library is loaded and cannot work, or is_asked and
 * it is not loaded.
 */
MUST_CHECK bool heap_set_interval(uint64_t bytes, bool is_asked, struct err *err);

/*
 * Appends a profile of everything so far, as gzipped pprof with the value types of Go's:
 * alloc_objects, alloc_space, inuse_objects, inuse_space (the default). ERR_UNSUPPORTED and the
 * reason: the allocations of this program are not sampled.
 */
MUST_CHECK bool heap_write(struct strbuf *pprof, struct err *err);

/* False: there are none. */
bool heap_read_stats(struct heap_stats *stats);

#endif
