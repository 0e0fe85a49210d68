/*
 * stack_unwind.h - unwinds a copy of a stack by libunwind, from registers and tables.
 *
 * For stacks of this process (libpgocollect) and of others (perf records): the tables come through
 * eh_source.h, the stack from the copy. Nothing is read that neither of them provides.
 *
 * Life cycle: stack_unwinder_new(), stack_unwind() any number of times, stack_unwinder_free(). An
 * unwinder belongs to one thread. x86-64 alone: elsewhere stack_unwinder_new() returns NULL.
 */
#ifndef COLLECT_STACK_UNWIND_H
#define COLLECT_STACK_UNWIND_H

#include "eh_source.h"

enum { STACK_REGISTERS = 17 }; /* DWARF's 0 to 15, and the ip */

struct stack_copy {
    const uint64_t *registers; /* STACK_REGISTERS, by DWARF's numbers */
    uint64_t start;            /* where bytes[0] was: the stack pointer or less */
    const unsigned char *bytes;
    size_t len;
};

enum stack_end {
    STACK_COMPLETE, /* the outermost frame */
    STACK_BROKEN,   /* no table, or one that leads nowhere */
    STACK_CUT,      /* the copy ended, or `max` was reached */
};

struct stack_unwinder;

struct stack_unwinder *stack_unwinder_new(void); /* NULL: no memory, or not on this machine */
void stack_unwinder_free(struct stack_unwinder *unwinder);

/*
 * Up to `max` (1 or more) ips; returns how many. ips[0] is the leaf's; callers are their return
 * address minus one, and exact where a signal interrupted them.
 */
size_t stack_unwind(struct stack_unwinder *unwinder, const struct eh_source *source,
                    const struct stack_copy *stack, uint64_t *ips, size_t max, enum stack_end *end);

#endif
