#include "rows.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

/*
 * Open addressing, linear probing. A key is an address, or the number of a block with bit 63 set;
 * 0 is a free slot. A key stays where it is while its table lives, so a reader that finds it may
 * trust the row beside it; forgetting sets the row to ROW_NONE. Only starting anew takes keys
 * away: then the reader looks at the key again after the row.
 */
struct slot {
    _Atomic uint64_t key, row;
};

struct table {
    size_t mask;
    struct table *outgrown; /* the one before */
    struct slot slots[];
};

struct row_table {
    _Atomic(struct table *) table;
    _Atomic int32_t epoch;
    _Atomic uint64_t version; /* goes up when rows are gone: what memos hold may be wrong */
    size_t used, max_slots;   /* slots with a key */
};

enum { START_SLOTS = 4096, BLOCK_SHIFT = 6, ADD_BLOCKS = 64 };
_Static_assert(ROWS_BLOCK_BYTES == 1 << BLOCK_SHIFT, "the size of a block");
static const uint64_t BLOCK_KEY = UINT64_C(1) << 63;

static uint64_t block_key(uintptr_t at)
{
    return at >> BLOCK_SHIFT | BLOCK_KEY;
}

static size_t slot_of(const struct table *table, uint64_t key)
{
    return (key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & table->mask;
}

static uint64_t row_bits(struct unwind_row row)
{
    uint64_t bits;

    _Static_assert(sizeof(bits) == sizeof(row), "a row is one word");
    memcpy(&bits, &row, sizeof(bits));
    return bits;
}

static struct unwind_row row_from_bits(uint64_t bits)
{
    struct unwind_row row;

    memcpy(&row, &bits, sizeof(row));
    return row;
}

static size_t table_bytes(size_t slots)
{
    return sizeof(struct table) + slots * sizeof(struct slot);
}

static void *map_memory(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return memory == MAP_FAILED ? NULL : memory;
}

static struct table *table_new(size_t slots)
{
    struct table *table = map_memory(table_bytes(slots));

    if (table)
        table->mask = slots - 1;
    return table;
}

struct row_table *row_table_new(size_t max_slots)
{
    struct row_table *rows = map_memory(sizeof(*rows));
    struct table *table = rows ? table_new(START_SLOTS) : NULL;

    if (!table) {
        if (rows)
            munmap(rows, sizeof(*rows));
        return NULL;
    }
    atomic_init(&rows->table, table);
    rows->max_slots = max_slots;
    return rows;
}

void row_table_free(struct row_table *rows)
{
    struct table *table = rows ? atomic_load(&rows->table) : NULL;

    while (table) {
        struct table *outgrown = table->outgrown;

        munmap(table, table_bytes(table->mask + 1));
        table = outgrown;
    }
    if (rows)
        munmap(rows, sizeof(*rows));
}

static struct unwind_row probe(const struct table *table, uint64_t key)
{
    for (size_t i = slot_of(table, key);; i = (i + 1) & table->mask) {
        const struct slot *slot = &table->slots[i];
        uint64_t found = atomic_load_explicit(&slot->key, memory_order_acquire);

        if (found == key) {
            uint64_t row = atomic_load_explicit(&slot->row, memory_order_acquire);

            if (atomic_load_explicit(&slot->key, memory_order_relaxed) == key)
                return row_from_bits(row);
        }
        if (!found)
            return (struct unwind_row){0};
    }
}

struct unwind_row row_table_find(const struct row_table *rows, uintptr_t at)
{
    const struct table *table = atomic_load_explicit(&rows->table, memory_order_acquire);
    struct unwind_row row = probe(table, block_key(at));

    if (row.kind == ROW_NOWHERE &&
        row.cfa_offset != atomic_load_explicit(&rows->epoch, memory_order_relaxed))
        return (struct unwind_row){0};
    return row.kind == ROW_SPLIT ? probe(table, at) : row;
}

static void raise_version(struct row_table *rows)
{
    atomic_fetch_add_explicit(&rows->version, 1, memory_order_release);
}

/* The memo's lines come from far away, but all at the same time. */
static void prefetch(const struct row_memo *memo)
{
    enum { LINE = 64 };

    for (size_t off = 0; off < sizeof(*memo); off += LINE)
        __builtin_prefetch((const char *)memo + off);
}

void row_view_begin(struct row_view view)
{
    uint64_t version;

    if (!view.table || !view.memo)
        return;
    prefetch(view.memo);
    version = atomic_load_explicit(&view.table->version, memory_order_acquire);
    if (view.memo->version != version)
        memset(view.memo, 0, sizeof(*view.memo));
    view.memo->version = version;
}

static bool is_lasting(struct unwind_row row)
{
    return row.kind != ROW_NONE && row.kind != ROW_NOWHERE;
}

struct unwind_row row_view_find(struct row_view view, uintptr_t at)
{
    size_t set = at * UINT64_C(0x9e3779b97f4a7c15) >> 32 & (ROW_MEMO_SETS - 1);
    struct row_memo *memo = view.memo;
    struct unwind_row row;

    for (size_t way = 0; memo && way < ROW_MEMO_WAYS; way++)
        if (memo->sets[set][way].at == at)
            return memo->sets[set][way].row;
    row = row_table_find(view.table, at);
    if (memo && is_lasting(row)) {
        size_t way = memo->next_way++ % ROW_MEMO_WAYS;

        memo->sets[set][way].at = at;
        memo->sets[set][way].row = row;
    }
    return row;
}

/* The slot of the key, or the free one where it belongs. The table is at most half full. */
static struct slot *find_slot(struct table *table, uint64_t key)
{
    size_t i = slot_of(table, key);
    uint64_t found;

    while ((found = atomic_load_explicit(&table->slots[i].key, memory_order_relaxed)) &&
           found != key)
        i = (i + 1) & table->mask;
    return &table->slots[i];
}

/* True if the key is new in this table. */
static bool put(struct table *table, uint64_t key, uint64_t row)
{
    struct slot *slot = find_slot(table, key);
    bool is_new = !atomic_load_explicit(&slot->key, memory_order_relaxed);

    atomic_store_explicit(&slot->row, row, memory_order_release);
    atomic_store_explicit(&slot->key, key, memory_order_release);
    return is_new;
}

/* Readers may be at it: each key goes before its row can become another's. */
static void start_anew(struct row_table *rows, struct table *table)
{
    for (size_t i = 0; i <= table->mask; i++)
        atomic_store_explicit(&table->slots[i].key, 0, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    rows->used = 0;
    raise_version(rows);
}

static bool grow(struct row_table *rows)
{
    struct table *old = atomic_load_explicit(&rows->table, memory_order_relaxed);
    size_t slots = (old->mask + 1) * 2;
    struct table *table = slots <= rows->max_slots ? table_new(slots) : NULL;

    if (!table) {
        start_anew(rows, old);
        return slots > rows->max_slots;
    }
    rows->used = 0;
    for (size_t i = 0; i <= old->mask; i++) {
        uint64_t key = atomic_load_explicit(&old->slots[i].key, memory_order_relaxed);
        uint64_t row = atomic_load_explicit(&old->slots[i].row, memory_order_relaxed);

        if (key && row)
            rows->used += put(table, key, row);
    }
    table->outgrown = old;
    atomic_store_explicit(&rows->table, table, memory_order_release);
    return true;
}

/* Whole blocks of [start, end) near `block`, which is one of them. */
static size_t put_blocks(struct table *table, uintptr_t block, struct unwind_row row,
                         uintptr_t start, uintptr_t end)
{
    enum { REACH = ADD_BLOCKS / 2 * ROWS_BLOCK_BYTES };
    uintptr_t first = block, limit = block + ROWS_BLOCK_BYTES;
    size_t new_count = 0;

    while (first - start >= ROWS_BLOCK_BYTES && block - first < REACH)
        first -= ROWS_BLOCK_BYTES;
    while (end - limit >= ROWS_BLOCK_BYTES && limit - block < REACH)
        limit += ROWS_BLOCK_BYTES;
    for (uintptr_t at = first; at < limit; at += ROWS_BLOCK_BYTES)
        new_count += put(table, block_key(at), row_bits(row));
    return new_count;
}

bool row_table_add(struct row_table *rows, uintptr_t at, struct unwind_row row, uintptr_t start,
                   uintptr_t end)
{
    uintptr_t block = at & ~(uintptr_t)(ROWS_BLOCK_BYTES - 1);
    struct table *table = atomic_load_explicit(&rows->table, memory_order_relaxed);

    if ((rows->used + ADD_BLOCKS) * 2 > table->mask) {
        if (!grow(rows))
            return false;
        table = atomic_load_explicit(&rows->table, memory_order_relaxed);
    }
    if (start <= block && block + ROWS_BLOCK_BYTES <= end)
        rows->used += put_blocks(table, block, row, start, end);
    else {
        /* The mark last: who sees it finds the address. */
        rows->used += put(table, at, row_bits(row));
        rows->used += put(table, block_key(at), row_bits((struct unwind_row){.kind = ROW_SPLIT}));
    }
    return true;
}

void row_table_add_nowhere(struct row_table *rows, uintptr_t at)
{
    uintptr_t block = at & ~(uintptr_t)(ROWS_BLOCK_BYTES - 1);
    struct unwind_row row = {.kind = ROW_NOWHERE,
                             .cfa_offset =
                                 atomic_load_explicit(&rows->epoch, memory_order_relaxed)};

    (void)row_table_add(rows, at, row, block, block + ROWS_BLOCK_BYTES);
}

void row_table_next_epoch(struct row_table *rows)
{
    atomic_fetch_add_explicit(&rows->epoch, 1, memory_order_relaxed);
}

static bool is_within(uint64_t key, uintptr_t start, uintptr_t end)
{
    uint64_t at = key & BLOCK_KEY ? key << BLOCK_SHIFT : key;
    uint64_t len = key & BLOCK_KEY ? ROWS_BLOCK_BYTES : 1;

    return at < end && at + len > start;
}

void row_table_forget(struct row_table *rows, uintptr_t start, uintptr_t end)
{
    struct table *table = atomic_load_explicit(&rows->table, memory_order_relaxed);

    for (size_t i = 0; i <= table->mask; i++) {
        struct slot *slot = &table->slots[i];
        uint64_t key = atomic_load_explicit(&slot->key, memory_order_relaxed);

        if (key && is_within(key, start, end))
            atomic_store_explicit(&slot->row, 0, memory_order_release);
    }
    raise_version(rows);
}

struct row_table_size row_table_size(const struct row_table *rows)
{
    struct row_table_size size = {.entries = rows->used, .bytes = sizeof(*rows)};

    for (struct table *table = atomic_load(&rows->table); table; table = table->outgrown)
        size.bytes += table_bytes(table->mask + 1);
    return size;
}
