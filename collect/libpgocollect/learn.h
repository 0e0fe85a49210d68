/*
 * learn.h - the collector thread's part of unwinding: rows from tables, and stacks from copies.
 *
 * One thread alone calls these; handlers read `rows` at the same time. A call may lock the dynamic
 * loader for a moment (dl_iterate_phdr), so none is made from a signal handler or a constructor
 * that the loader waits for.
 */
#ifndef LIBPGOCOLLECT_LEARN_H
#define LIBPGOCOLLECT_LEARN_H

#include "../eh_source.h"
#include "copies.h"

struct unwind_learner;

/* `rows` is borrowed for the learner's life. NULL: no memory. */
struct unwind_learner *unwind_learner_new(struct row_table *rows, const struct eh_source *source);
void unwind_learner_free(struct unwind_learner *learner);

/*
 * The whole stack of a copy, up to `max` ips, which is COPY_IPS or more. Returns how many; *end is
 * never UNWIND_MISS, and UNWIND_SLOW only if a frame was met that needs registers which this copy
 * lacks: the stack is cut off there, and the next sample of it is not.
 */
size_t unwind_learn_copy(struct unwind_learner *learner, const struct unwind_copy *copy,
                         uintptr_t *ips, size_t max, enum unwind_end *end);

/* The row of a frame is looked for and added. False: no code lies there, and ROW_NOWHERE was. */
bool unwind_learn_frame(struct unwind_learner *learner, const struct unwind_frame *frame);

#endif
