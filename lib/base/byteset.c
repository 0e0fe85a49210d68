#include "base/byteset.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

struct byteset_entry {
    const unsigned char *bytes;
    size_t len;
};

/*
 * A slot holds the hash beside the id: so a slot of another string mostly needs no look at its
 * entry, which is a miss of the cache, and growing needs none at all.
 */
struct byteset_slot {
    uint32_t hash;
    uint32_t number; /* id + 1, or 0 */
};

static uint32_t hash_of(const void *bytes, size_t len)
{
    return (uint32_t)XXH3_64bits(bytes, len);
}

/* The slot that holds the string, or the empty slot where it belongs. */
static struct byteset_slot *find_slot(const struct byteset *set, const void *bytes, size_t len,
                                      uint32_t hash)
{
    size_t mask = set->slot_count - 1;

    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct byteset_slot *slot = &set->slots[i];
        const struct byteset_entry *entry;

        if (!slot->number)
            return slot;
        if (slot->hash != hash)
            continue;
        entry = &set->entries[slot->number - 1];
        if (entry->len == len && memcmp(entry->bytes, bytes, len) == 0)
            return slot;
    }
}

static void grow_slots(struct byteset *set)
{
    struct byteset_slot *before = set->slots;
    size_t count = set->slot_count, mask;

    set->slot_count = count ? count * 2 : 64;
    set->slots = mem_array(set->slot_count, sizeof(*set->slots));
    mask = set->slot_count - 1;
    for (size_t i = 0; i < count; i++) {
        size_t slot = before[i].hash & mask;

        if (!before[i].number)
            continue;
        while (set->slots[slot].number)
            slot = (slot + 1) & mask;
        set->slots[slot] = before[i];
    }
    free(before);
}

uint32_t byteset_add(struct byteset *set, const void *bytes, size_t len)
{
    uint32_t hash = hash_of(bytes, len);
    struct byteset_slot *slot;
    unsigned char *copy;

    if (set->count * 4 >= set->slot_count * 3)
        grow_slots(set);
    slot = find_slot(set, bytes, len, hash);
    if (slot->number)
        return slot->number - 1;
    assert(set->count < UINT32_MAX - 1);
    copy = arena_alloc(&set->arena, len + 1);
    if (len)
        memcpy(copy, bytes, len);
    *ARRAY_PUSH(set->entries, set->count, set->capacity) = (struct byteset_entry){copy, len};
    *slot = (struct byteset_slot){hash, (uint32_t)set->count};
    return (uint32_t)set->count - 1;
}

uint32_t byteset_add_text(struct byteset *set, const char *text)
{
    return byteset_add(set, text, strlen(text));
}

bool byteset_find(const struct byteset *set, const void *bytes, size_t len, uint32_t *id)
{
    const struct byteset_slot *slot;

    if (!set->count)
        return false;
    slot = find_slot(set, bytes, len, hash_of(bytes, len));
    if (!slot->number)
        return false;
    *id = slot->number - 1;
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
