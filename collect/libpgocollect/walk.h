/*
 * walk.h - the stack of an interrupted thread, walked in the signal handler.
 *
 * The walk needs nothing but the rows that the collector thread has learned (rows.h): no unwinder,
 * no lock, no allocation, and no read that could fault. When it comes to an address without a row
 * it stops; the handler then takes a copy of the stack (copies.h), from which the collector thread
 * learns the rows and finishes this stack (learn.h). unwind.h puts the three together.
 *
 * ips: the leaf is the interrupted instruction, a caller is its return address minus one; the
 * frame that a signal interrupted is exact again.
 *
 * On machines other than x86-64, and without rows (NULL), the walk follows frame pointers, and
 * never misses.
 */
#ifndef LIBPGOCOLLECT_WALK_H
#define LIBPGOCOLLECT_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <ucontext.h>

#include "rows.h"

enum unwind_end {
    UNWIND_COMPLETE, /* the outermost frame was reached */
    UNWIND_MISS,     /* no row yet */
    UNWIND_SLOW,     /* this frame needs a full unwinder, and so the registers of the leaf */
    UNWIND_BROKEN,   /* the frames do not go up within one stack, or lead to no code */
    UNWIND_LIMIT,    /* there are more frames: `max` was reached, or the copy of the stack ended */
    UNWIND_END_COUNT,
};

/* Bounds of the thread's stack, [low, high); 0, 0: not known. Readable from sp to high. */
struct unwind_stack {
    uintptr_t low, high;
};

/* What a handler knows of its thread, from one sample to the next. */
struct unwind_thread {
    struct unwind_stack stack;
    struct row_memo memo;
};

/* Where a walk stands: the last frame that was stored. */
struct unwind_frame {
    uintptr_t ip, sp, bp;
    bool is_call; /* ip is a return address: the row is that of ip - 1 */
};

/* Does this machine have rows? Else walks follow frame pointers. */
bool unwind_has_rows(void);

struct unwind_frame unwind_frame_first(const ucontext_t *context);

/*
 * Async-signal-safe. From the context of a signal handler: up to `max` ips from the leaf on (at
 * least 1), how many; *end says why it stopped, and *last at which frame.
 */
size_t unwind_walk_context(const struct row_table *rows, const ucontext_t *context,
                           struct unwind_thread *thread, uintptr_t *ips, size_t max,
                           struct unwind_frame *last, enum unwind_end *end);

/*
 * The memory of a stack: [low, high) can be read at `bytes`; beyond it, in this process without a
 * fault if `is_live`; else up to `limit` the stack goes on, but was not copied.
 */
struct unwind_memory {
    uintptr_t low, high, limit;
    const unsigned char *bytes;
    bool is_live;
};

/* The part of the walk behind its first frame: adds to ips[0..count), returns the new count. */
size_t unwind_walk_on(struct row_view rows, const struct unwind_memory *memory, uintptr_t *ips,
                      size_t count, size_t max, struct unwind_frame *last, enum unwind_end *end);

/*
 * Below the stack pointer a function may have memory that no signal touches. In an epilogue the
 * saved registers lie there after their pops, and the tables still point at them.
 */
enum { UNWIND_RED_ZONE_BYTES = 128 };

/* What a handler may read without asking the kernel, for the walk and for a copy. */
struct unwind_memory unwind_memory_live(const ucontext_t *context,
                                        const struct unwind_stack *stack);

/* Copies memory of a stack, also what ASan has marked between its variables. */
void unwind_copy_stack(void *to, const void *from, size_t bytes);

#endif
