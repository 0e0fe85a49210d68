#include "branches.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"

#define MIN_SLOTS 256

/* Multiplication spreads both addresses over the upper bits, which choose the slot. */
static size_t find_slot(const struct branches_table *table, uint64_t from_vaddr, uint64_t to_vaddr)
{
    uint64_t hash =
        from_vaddr * UINT64_C(0x9e3779b97f4a7c15) ^ (to_vaddr + 1) * UINT64_C(0xc2b2ae3d27d4eb4f);
    size_t mask = table->slot_count - 1, at = (size_t)(hash >> 32 & mask);

    while (table->slots[at].count &&
           (table->slots[at].from_vaddr != from_vaddr || table->slots[at].to_vaddr != to_vaddr))
        at = (at + 1) & mask;
    return at;
}

static void grow(struct branches_table *table)
{
    struct branches_table bigger = {.count = table->count};

    bigger.slot_count = table->slot_count ? 4 * table->slot_count : MIN_SLOTS;
    bigger.slots = mem_array(bigger.slot_count, sizeof(*bigger.slots));
    for (size_t i = 0; i < table->slot_count; i++)
        if (table->slots[i].count)
            bigger.slots[find_slot(&bigger, table->slots[i].from_vaddr, table->slots[i].to_vaddr)] =
                table->slots[i];
    free(table->slots);
    *table = bigger;
}

void branches_add(struct branches_table *table, uint64_t from_vaddr, uint64_t to_vaddr,
                  uint64_t count)
{
    struct branches_pair *pair;

    if (!count)
        return;
    if (table->count >= table->slot_count / 2)
        grow(table);
    pair = &table->slots[find_slot(table, from_vaddr, to_vaddr)];
    table->count += !pair->count;
    *pair = (struct branches_pair){from_vaddr, to_vaddr, saturating_add(pair->count, count)};
}

void branches_release(struct branches *branches)
{
    free(branches->ranges.slots);
    free(branches->jumps.slots);
    *branches = (struct branches){0};
}

static int compare(const void *left, const void *right)
{
    const struct branches_pair *a = left, *b = right;

    if (a->from_vaddr != b->from_vaddr)
        return a->from_vaddr < b->from_vaddr ? -1 : 1;
    return a->to_vaddr < b->to_vaddr ? -1 : a->to_vaddr > b->to_vaddr;
}

struct branches_pair *branches_sort(const struct branches_table *table)
{
    struct branches_pair *pairs = mem_array(table->count, sizeof(*pairs));
    size_t count = 0;

    for (size_t i = 0; i < table->slot_count; i++)
        if (table->slots[i].count)
            pairs[count++] = table->slots[i];
    if (count)
        qsort(pairs, count, sizeof(*pairs), compare);
    return pairs;
}
