#include "learn.h"

#include <stdlib.h>
#include <string.h>

#include "../stack_unwind.h"
#include "eh_frame.h"

struct unwind_learner {
    struct row_table *rows;
    struct eh_source source;
    struct stack_unwinder *unwinder; /* made when first needed */
};

struct unwind_learner *unwind_learner_new(struct row_table *rows, const struct eh_source *source)
{
    struct unwind_learner *learner = calloc(1, sizeof(*learner));

    if (learner)
        *learner = (struct unwind_learner){.rows = rows, .source = *source};
    return learner;
}

void unwind_learner_free(struct unwind_learner *learner)
{
    if (!learner)
        return;
    stack_unwinder_free(learner->unwinder);
    free(learner);
}

/* glibc's and musl's return from a signal handler: with these the kernel's frame is what it is. */
static bool is_signal_return(const struct eh_source *source, uintptr_t ip)
{
    static const unsigned char glibc[] = {0x48, 0xc7, 0xc0, 15, 0, 0, 0, 0x0f, 0x05};
    static const unsigned char musl[] = {0xb8, 15, 0, 0, 0, 0x0f, 0x05};
    unsigned char code[sizeof(glibc)];

    return source->read(source->context, ip, code, sizeof(code)) &&
           (memcmp(code, glibc, sizeof(glibc)) == 0 || memcmp(code, musl, sizeof(musl)) == 0);
}

/* Code without tables, made at run time or by hand: the frame pointer is the best guess. */
static const struct unwind_row guess = {
    .kind = ROW_BP, .cfa_offset = 16, .bp = ROW_BP_AT_CFA, .bp_offset = -16};

bool unwind_learn_frame(struct unwind_learner *learner, const struct unwind_frame *frame)
{
    const struct eh_source *source = &learner->source;
    uintptr_t at = frame->ip - frame->is_call;
    struct eh_range range = {at, at + 1};
    struct unwind_row row = guess;
    struct eh_object object;
    struct eh_fde fde;

    if (!source->find(source->context, at, &object)) {
        row_table_add_nowhere(learner->rows, at);
        return false;
    }
    if (object.header_ip && eh_frame_find(source, object.header_ip, at, &fde)) {
        eh_frame_row(&fde, at, &row, &range);
        if (fde.is_signal_frame && is_signal_return(source, frame->ip))
            row = (struct unwind_row){.kind = ROW_SIGNAL};
    } else if (is_signal_return(source, frame->ip))
        row = (struct unwind_row){.kind = ROW_SIGNAL};
    else if (frame->is_call && object.header_ip &&
             eh_frame_find(source, object.header_ip, frame->ip, &fde) && fde.start_ip == frame->ip)
        row = (struct unwind_row){.kind = ROW_END}; /* nobody called from there: makecontext() */
    return row_table_add(learner->rows, at, row, range.start_ip, range.end_ip);
}

/* The whole stack once more, by libunwind from the leaf's registers. */
static size_t unwind_slowly(struct unwind_learner *learner, const struct unwind_copy *copy,
                            uintptr_t *ips, size_t count, size_t max, enum unwind_end *end)
{
    const struct unwind_memory *memory = &copy->memory;
    struct stack_copy stack = {.registers = copy->registers,
                               .start = memory->low,
                               .bytes = memory->bytes,
                               .len = memory->high - memory->low};
    enum stack_end stack_end;
    size_t found;

    if (!learner->unwinder && !(learner->unwinder = stack_unwinder_new()))
        return count;
    found = stack_unwind(learner->unwinder, &learner->source, &stack, ips, max, &stack_end);
    *end = stack_end == STACK_COMPLETE ? UNWIND_COMPLETE
           : stack_end == STACK_BROKEN ? UNWIND_BROKEN
                                       : UNWIND_LIMIT;
    return found;
}

size_t unwind_learn_copy(struct unwind_learner *learner, const struct unwind_copy *copy,
                         uintptr_t *ips, size_t max, enum unwind_end *end)
{
    struct unwind_frame frame = copy->frame;
    size_t count = copy->ip_count;
    struct row_view rows = {.table = learner->rows};

    memcpy(ips, copy->ips, count * sizeof(*ips));
    for (size_t learned = 0; learned <= max; learned++) {
        count = unwind_walk_on(rows, &copy->memory, ips, count, max, &frame, end);
        if (*end == UNWIND_SLOW && copy->is_from_leaf)
            return unwind_slowly(learner, copy, ips, count, max, end);
        if (*end != UNWIND_MISS)
            return count;
        if (!unwind_learn_frame(learner, &frame))
            break;
    }
    *end = UNWIND_BROKEN;
    return count;
}
