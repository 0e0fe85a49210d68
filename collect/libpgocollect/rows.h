/*
 * rows.h - the cache of unwind rows: address of an instruction → row, read by signal handlers.
 *
 * One thread, the collector's, adds and forgets; handlers of all threads read at the same time,
 * without a lock. What is not in the table is ROW_NONE: a miss. The address of a frame that was
 * called from is its return address - 1 (the call may be the last instruction of its function).
 *
 * A block of 64 bytes with one row throughout is one entry. Others are marked ROW_SPLIT, and each
 * address in them has its own entry. Without blocks each instruction that is ever interrupted
 * would miss once: on SQLite see docs/bench.md.
 *
 * The memory is mapped, not allocated, and grows by doubling up to `max_slots` of 16 bytes; then
 * the table starts anew. An outgrown table stays mapped, since a handler may be reading it: twice
 * the last size at most.
 */
#ifndef LIBPGOCOLLECT_ROWS_H
#define LIBPGOCOLLECT_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "row.h"

enum { ROWS_BLOCK_BYTES = 64 };

struct row_table; /* opaque */

/* NULL: no memory. `max_slots` is a power of two, 4096 or more. */
struct row_table *row_table_new(size_t max_slots);
void row_table_free(struct row_table *rows); /* when no handler can read it any more */

/* Async-signal-safe. */
struct unwind_row row_table_find(const struct row_table *rows, uintptr_t at);

/*
 * What one thread's last walks found, so that its handler does not touch cold memory all over the
 * table: 25 frames of it are some 40 cache lines, and between two samples at 100 Hz all of them
 * have left the caches. The memo is 16 lines side by side, fetched all at once; each is a set of
 * four entries. Zeros are an empty memo.
 */
enum { ROW_MEMO_SETS = 16, ROW_MEMO_WAYS = 4 };
struct row_memo {
    struct {
        uintptr_t at;
        struct unwind_row row;
    } sets[ROW_MEMO_SETS][ROW_MEMO_WAYS] __attribute__((aligned(64)));
    uint64_t version; /* of the table */
    unsigned next_way;
};

/* A table as a walk sees it. Without a table nothing is known; a memo is one thread's alone. */
struct row_view {
    const struct row_table *table;
    struct row_memo *memo; /* NULL: none */
};

/* Async-signal-safe. Before a walk: drops what the table has forgotten since the last one. */
void row_view_begin(struct row_view view);
struct unwind_row row_view_find(struct row_view view, uintptr_t at);

/*
 * `row` holds at `at`, and in [start, end) around it: some KB of that are added with it, so that
 * the body of a function misses once. False: no memory, nothing was added.
 */
bool row_table_add(struct row_table *rows, uintptr_t at, struct unwind_row row, uintptr_t start,
                   uintptr_t end);

/* Everything in [start, end): an object is gone, or a new one lies there. */
void row_table_forget(struct row_table *rows, uintptr_t start, uintptr_t end);

/*
 * No code lies at `at`: ROW_NOWHERE until the next epoch, so that a stack of garbage costs a look
 * once an epoch. Code may be made there at any time, hence the end.
 */
void row_table_add_nowhere(struct row_table *rows, uintptr_t at);
void row_table_next_epoch(struct row_table *rows);

struct row_table_size {
    size_t entries, bytes; /* all bytes that are mapped */
};
struct row_table_size row_table_size(const struct row_table *rows);

#endif
