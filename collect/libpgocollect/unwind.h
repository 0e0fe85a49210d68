/*
 * unwind.h - the callers of an interrupted instruction, found inside a signal handler.
 *
 * unwind_walk() looks each pc up in a table of rows, which say where its caller is; a pc that the
 * table lacks ends the walk (UNWIND_MISS), and the handler copies registers and stack. The
 * collector's thread unwinds the copy with time on its hands and fills the table (unwind_learn), so
 * that the next walk finds it. Nothing of the handler's part allocates, locks or reads memory that
 * might not be there.
 *
 * ips: the leaf is the interrupted instruction, a caller is its return address minus one; the
 * frame that a signal interrupted is exact again.
 *
 * Today: frame pointers alone (unwind_frame_pointer.c). There are no rows: unwind_rows_new() is
 * NULL, which all functions take, and no walk ends as UNWIND_MISS.
 */
#ifndef LIBPGOCOLLECT_UNWIND_H
#define LIBPGOCOLLECT_UNWIND_H

#include <stddef.h>
#include <stdint.h>
#include <ucontext.h>

enum unwind_end {
    UNWIND_COMPLETE, /* reached the outermost frame */
    UNWIND_MISS,     /* no row for the last ip */
    UNWIND_BROKEN,   /* the chain leaves the stack, or turns back */
    UNWIND_LIMIT,    /* more than `max` frames */
};

/* Bounds of the thread's stack, [low, high); 0,0: not known. */
struct unwind_stack {
    uintptr_t low, high;
};

struct unwind_rows; /* opaque */

/* The collector's thread, and after a fork the child. */
struct unwind_rows *unwind_rows_new(void);
void unwind_rows_free(struct unwind_rows *rows); /* no handler may run any more */

/* In the handler: leaf first; at least the leaf when max > 0. */
size_t unwind_walk(const struct unwind_rows *rows, const ucontext_t *context,
                   const struct unwind_stack *stack, uintptr_t *ips, size_t max,
                   enum unwind_end *end);

/* In the handler, after UNWIND_MISS: the number of a copy of registers and stack, 0: none free. */
uint32_t unwind_copy_take(struct unwind_rows *rows, const ucontext_t *context,
                          const struct unwind_stack *stack);

/*
 * The collector's thread: unwinds the copy, frees it, fills the rows of all pcs it met. Returns the
 * number of frames like unwind_walk().
 */
size_t unwind_learn(struct unwind_rows *rows, uint32_t copy, uintptr_t *ips, size_t max,
                    enum unwind_end *end);

/* The code of [start, limit) is not there any more. */
void unwind_forget(struct unwind_rows *rows, uintptr_t start, uintptr_t limit);

#endif
