#include "base/byteset.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

struct byteset_entry {
    const unsigned char *bytes;
    size_t len;
    uint64_t hash;
};

/* The slot that holds the string, or the empty slot where it belongs. */
static size_t find_slot(const struct byteset *set, const void *bytes, size_t len, uint64_t hash)
{
    size_t mask = set->slot_count - 1;
    size_t slot = hash & mask;

    for (; set->slots[slot]; slot = (slot + 1) & mask) {
        const struct byteset_entry *entry = &set->entries[set->slots[slot] - 1];

        if (entry->hash == hash && entry->len == len && memcmp(entry->bytes, bytes, len) == 0)
            break;
    }
    return slot;
}

static void grow_slots(struct byteset *set)
{
    set->slot_count = set->slot_count ? set->slot_count * 2 : 64;
    free(set->slots);
    set->slots = mem_array(set->slot_count, sizeof(*set->slots));
    for (size_t id = 0; id < set->count; id++) {
        size_t slot = set->entries[id].hash & (set->slot_count - 1);

        while (set->slots[slot])
            slot = (slot + 1) & (set->slot_count - 1);
        set->slots[slot] = (uint32_t)id + 1;
    }
}

uint32_t byteset_add(struct byteset *set, const void *bytes, size_t len)
{
    uint64_t hash = XXH3_64bits(bytes, len);
    struct byteset_entry *entry;
    unsigned char *copy;
    size_t slot;

    if (set->count * 4 >= set->slot_count * 3)
        grow_slots(set);
    slot = find_slot(set, bytes, len, hash);
    if (set->slots[slot])
        return set->slots[slot] - 1;
    assert(set->count < UINT32_MAX - 1);
    copy = arena_alloc(&set->arena, len + 1);
    if (len)
        memcpy(copy, bytes, len);
    entry = ARRAY_PUSH(set->entries, set->count, set->capacity);
    *entry = (struct byteset_entry){.bytes = copy, .len = len, .hash = hash};
    set->slots[slot] = (uint32_t)set->count;
    return (uint32_t)set->count - 1;
}

uint32_t byteset_add_text(struct byteset *set, const char *text)
{
    return byteset_add(set, text, strlen(text));
}

bool byteset_find(const struct byteset *set, const void *bytes, size_t len, uint32_t *id)
{
    size_t slot;

    if (!set->count)
        return false;
    slot = find_slot(set, bytes, len, XXH3_64bits(bytes, len));
    if (!set->slots[slot])
        return false;
    *id = set->slots[slot] - 1;
    return true;
}

const void *byteset_at(const struct byteset *set, uint32_t id, size_t *len)
{
    assert(id < set->count);
    if (len)
        *len = set->entries[id].len;
    return set->entries[id].bytes;
}

void byteset_release(struct byteset *set)
{
    arena_release(&set->arena);
    free(set->entries);
    free(set->slots);
    *set = (struct byteset){0};
}
