/*
 * copies.h - a pool of copies of the top of a stack, from the signal handlers to the collector.
 *
 * A handler takes one when its walk misses, and passes its index on in the sample's record; the
 * collector thread looks at it and gives it back. The pool is mapped once; only copies that were
 * ever in use at the same time have memory behind them (16 KB each, 64 at most).
 */
#ifndef LIBPGOCOLLECT_COPIES_H
#define LIBPGOCOLLECT_COPIES_H

#include "walk.h"

enum {
    COPY_BYTES = 16384,
    COPY_COUNT = 64,
    COPY_IPS = 128,
    COPY_REGISTERS = 17, /* DWARF's 0 to 15, and the ip */
};

struct unwind_copies;

/*
 * What is in a copy: the memory from the frame on that the walk could not leave; after UNWIND_SLOW
 * from the leaf on, where the registers are known.
 */
struct unwind_copy {
    bool is_from_leaf;                  /* else from `frame` on */
    uint64_t registers[COPY_REGISTERS]; /* the leaf's */
    uintptr_t ips[COPY_IPS];            /* what was walked */
    size_t ip_count;
    struct unwind_frame frame; /* where the walk stopped */
    struct unwind_memory memory;
};

/* NULL: no memory. */
struct unwind_copies *unwind_copies_new(void);
void unwind_copies_free(struct unwind_copies *copies);

/*
 * Async-signal-safe. After a walk of `count` ips, no more than COPY_IPS, that ended with
 * UNWIND_MISS or UNWIND_SLOW at `last`: the index of a copy, or -1 when all are in use (the sample
 * then ends where it is, cut off).
 */
int unwind_copies_take(struct unwind_copies *copies, const ucontext_t *context,
                       const struct unwind_stack *stack, const uintptr_t *ips, size_t count,
                       const struct unwind_frame *last, enum unwind_end end);

const struct unwind_copy *unwind_copies_get(const struct unwind_copies *copies, int index);
void unwind_copies_give_back(struct unwind_copies *copies, int index);

#endif
