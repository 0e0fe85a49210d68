#include "unwind.h"

#include <stdlib.h>

#include "copies.h"
#include "learn.h"
#include "process_source.h"

/* 4 MB of rows at most: 65,000 blocks of 64 bytes, the code of a very large program. */
enum { MAX_SLOTS = 1 << 18 };

struct unwind_rows {
    struct row_table *table;
    struct unwind_copies *copies;
    struct process_source *process;
    struct unwind_learner *learner;
};

struct unwind_rows *unwind_rows_new(void)
{
    struct unwind_rows *rows = unwind_has_rows() ? calloc(1, sizeof(*rows)) : NULL;
    struct eh_source source;

    if (!rows)
        return NULL;
    rows->table = row_table_new(MAX_SLOTS);
    rows->copies = unwind_copies_new();
    rows->process = process_source_new();
    source = process_source(rows->process);
    rows->learner = unwind_learner_new(rows->table, &source);
    if (rows->table && rows->copies && rows->process && rows->learner)
        return rows;
    unwind_rows_free(rows);
    return NULL;
}

void unwind_rows_free(struct unwind_rows *rows)
{
    if (!rows)
        return;
    unwind_learner_free(rows->learner);
    process_source_free(rows->process);
    unwind_copies_free(rows->copies);
    row_table_free(rows->table);
    free(rows);
}

size_t unwind_walk(const struct unwind_rows *rows, const ucontext_t *context,
                   struct unwind_thread *thread, uintptr_t *ips, size_t max,
                   struct unwind_frame *last, enum unwind_end *end)
{
    return unwind_walk_context(rows ? rows->table : NULL, context, thread, ips, max, last, end);
}

uint32_t unwind_copy_take(struct unwind_rows *rows, const ucontext_t *context,
                          const struct unwind_stack *stack, const uintptr_t *ips, size_t count,
                          const struct unwind_frame *last, enum unwind_end end)
{
    if (!rows || (end != UNWIND_MISS && end != UNWIND_SLOW))
        return 0;
    return (uint32_t)(unwind_copies_take(rows->copies, context, stack, ips, count, last, end) + 1);
}

size_t unwind_learn(struct unwind_rows *rows, uint32_t copy, uintptr_t *ips, size_t max,
                    enum unwind_end *end)
{
    return unwind_learn_copy(rows->learner, unwind_copies_get(rows->copies, (int)copy - 1), ips,
                             max, end);
}

void unwind_copy_give_back(struct unwind_rows *rows, uint32_t copy)
{
    if (copy)
        unwind_copies_give_back(rows->copies, (int)copy - 1);
}

void unwind_follow(struct unwind_rows *rows)
{
    if (rows)
        process_source_refresh(rows->process, rows->table);
}
