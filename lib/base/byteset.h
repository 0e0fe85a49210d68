/*
 * byteset.h - a set of byte strings with dense ids: the one hash table of the project.
 *
 * Each distinct string gets the id 0, 1, 2, ... in the order of first addition. Whatever belongs
 * to a string lies in an array of the caller's, indexed by its id; a struct without padding can be
 * a key as well. Strings are copied and NUL-terminated; pointers from byteset_at() stay valid
 * until release, also when the set grows. `struct byteset set = {0};` is an empty one.
 */
#ifndef BASE_BYTESET_H
#define BASE_BYTESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"

struct byteset {
    struct arena arena;
    struct byteset_entry *entries; /* by id */
    size_t count, capacity;
    struct byteset_slot *slots; /* open addressing */
    size_t slot_count;
};

uint32_t byteset_add(struct byteset *set, const void *bytes, size_t len);
uint32_t byteset_add_text(struct byteset *set, const char *text);
bool byteset_find(const struct byteset *set, const void *bytes, size_t len, uint32_t *id);
const void *byteset_at(const struct byteset *set, uint32_t id, size_t *len); /* len may be NULL */
void byteset_release(struct byteset *set);

#endif
