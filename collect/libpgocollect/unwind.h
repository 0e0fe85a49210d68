/*
 * unwind.h - the callers of an interrupted instruction, found inside a signal handler.
 *
 * unwind_walk() looks each ip up in a table of rows, which say where its caller is; an ip that the
 * table lacks ends the walk, and the handler copies registers and stack. The collector's thread
 * finishes the copy with time on its hands and fills the table (unwind_learn), so that the next
 * walk finds it. Nothing of the handler's part allocates, locks or reads memory that might not be
 * there. The parts: walk.h, rows.h, copies.h, learn.h, process_source.h.
 *
 * ips: the leaf is the interrupted instruction, a caller is its return address minus one; the
 * frame that a signal interrupted is exact again.
 *
 * All functions take NULL for the rows: then walks follow frame pointers, and do not miss.
 */
#ifndef LIBPGOCOLLECT_UNWIND_H
#define LIBPGOCOLLECT_UNWIND_H

#include "walk.h"

struct unwind_rows; /* opaque */

/* NULL: no memory, or a machine without rows. */
struct unwind_rows *unwind_rows_new(void);
void unwind_rows_free(struct unwind_rows *rows); /* no handler may run any more */

/* In the handler: leaf first; at least the leaf when max > 0. `last`: where the walk ended. */
size_t unwind_walk(const struct unwind_rows *rows, const ucontext_t *context,
                   struct unwind_thread *thread, uintptr_t *ips, size_t max,
                   struct unwind_frame *last, enum unwind_end *end);

/*
 * In the handler, after every walk: if it ended with UNWIND_MISS or UNWIND_SLOW, the number of a
 * copy of registers and stack; 0: no need, or none is free. `count` is COPY_IPS (copies.h) at most.
 */
uint32_t unwind_copy_take(struct unwind_rows *rows, const ucontext_t *context,
                          const struct unwind_stack *stack, const uintptr_t *ips, size_t count,
                          const struct unwind_frame *last, enum unwind_end end);

/*
 * The collector's thread: finishes the stack of the copy, fills in the rows of all ips it met.
 * Returns the number of frames like unwind_walk(); `max` is COPY_IPS or more. Allocates through
 * lib/base.
 */
size_t unwind_learn(struct unwind_rows *rows, uint32_t copy, uintptr_t *ips, size_t max,
                    enum unwind_end *end);

/* The copy is free for the next handler, however the learning ended. 0: nothing. */
void unwind_copy_give_back(struct unwind_rows *rows, uint32_t copy);

/*
 * The collector's thread, before it learns: follows what the loader has added and taken away. May
 * wait for the loader's lock for a moment.
 */
void unwind_follow(struct unwind_rows *rows);

#endif
