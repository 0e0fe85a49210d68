/*
 * sampler.h - which allocations are sampled, and what becomes of them.
 *
 *     void *block = real_malloc(size);
 *     if (sampler_is_due(size))
 *         sampler_take(block, size, return address);
 *
 * and before a block goes:
 *
 *     if (sampler_may_know(block))
 *         sampler_forget(block);
 *
 * Allocates nothing, locks nothing, keeps errno; a signal handler that allocates meanwhile is let
 * through. Off until sampler_set_interval().
 */
#ifndef LIBPGOCOLLECT_HEAP_SAMPLER_H
#define LIBPGOCOLLECT_HEAP_SAMPLER_H

#include "../heap_source.h"
#include "blocks.h"

/* Bytes that this thread may still allocate before it has to look. */
extern __thread uint64_t sampler_left_bytes;

static inline bool sampler_is_due(size_t size)
{
    if (__builtin_expect(size >= sampler_left_bytes, 0))
        return true;
    sampler_left_bytes -= size;
    return false;
}

/* NULL for block: nothing was allocated. */
void sampler_take(const void *block, size_t size, uintptr_t return_ip);

static inline bool sampler_may_know(const void *block)
{
    return __builtin_expect(blocks_may_hold(block), 0);
}

/* The block is not alive any more. True: it was sampled; `*taken` brings it back. */
bool sampler_forget(const void *block, struct block *taken);
void sampler_restore(const void *block, const struct block *taken);

/* As struct heap_source has them. Stays off if there is no memory for the tables. */
void sampler_set_interval(uint64_t bytes);
uint64_t sampler_interval(void);
struct heap_stats sampler_read_stats(void);

/* Of all threads that have not allocated yet; a test has the same samples each time. */
void sampler_set_seed(uint64_t seed);

#endif
