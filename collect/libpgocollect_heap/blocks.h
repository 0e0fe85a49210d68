/*
 * blocks.h - the sampled blocks that are alive, by address, so that free() finds them.
 *
 * Nearly every block that is freed was not sampled, and blocks_may_hold() says so by one look at a
 * counter of its page. No lock: the thread that has a block is the only one that adds or takes its
 * address. A block that finds no room is not kept (2^17 are, 64 GiB at 512 KiB each).
 */
#ifndef LIBPGOCOLLECT_HEAP_BLOCKS_H
#define LIBPGOCOLLECT_HEAP_BLOCKS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "distance.h"

struct block {
    uint32_t site;
    struct distance_weight weight;
};

MUST_CHECK bool blocks_open(void); /* once; false: no memory */

enum { BLOCKS_PAGE_BITS = 12, BLOCKS_PAGE_COUNTER_BITS = 15 };
extern _Atomic uint32_t blocks_on_pages[1 << BLOCKS_PAGE_COUNTER_BITS]; /* of blocks_may_hold() */

static inline _Atomic uint32_t *blocks_page(const void *address)
{
    uint64_t page = (uint64_t)(uintptr_t)address >> BLOCKS_PAGE_BITS;

    return &blocks_on_pages[page * UINT64_C(0x9e3779b97f4a7c15) >> (64 - BLOCKS_PAGE_COUNTER_BITS)];
}

/* False: it is none of them. */
static inline bool blocks_may_hold(const void *address)
{
    return atomic_load_explicit(blocks_page(address), memory_order_relaxed) != 0;
}

/* False: no room. */
bool blocks_add(const void *address, const struct block *block);

/* Takes it out; false: it is not one of them. */
bool blocks_take(const void *address, struct block *block);

#endif
