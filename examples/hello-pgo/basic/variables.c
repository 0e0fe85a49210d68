#include "basic/variables.h"

#include <stdio.h>
#include <stdlib.h>

static size_t hash(int64_t name, int64_t index)
{
    uint64_t h = ((uint64_t)index * 31 + (uint64_t)name) * 0x9e3779b97f4a7c15u;

    return (size_t)(h >> 32);
}

/* The slot of that variable, or the free one where it belongs. */
static struct variable *find(const struct variables *variables, int64_t name, int64_t index)
{
    size_t mask = variables->capacity - 1;
    size_t i = hash(name, index) & mask;

    while (variables->slots[i].used) {
        if (variables->slots[i].name == name && variables->slots[i].index == index)
            break;
        i = (i + 1) & mask;
    }
    return &variables->slots[i];
}

static void grow(struct variables *variables)
{
    struct variables bigger = {.count = variables->count};

    bigger.capacity = variables->capacity ? 2 * variables->capacity : 64;
    bigger.slots = calloc(bigger.capacity, sizeof(*bigger.slots));
    if (!bigger.slots) {
        fputs("hello: out of memory\n", stderr);
        exit(1);
    }
    for (size_t i = 0; i < variables->capacity; i++) {
        const struct variable *old = &variables->slots[i];

        if (old->used)
            *find(&bigger, old->name, old->index) = *old;
    }
    free(variables->slots);
    *variables = bigger;
}

int64_t variables_get(const struct variables *variables, int64_t name, int64_t index)
{
    return variables->capacity ? find(variables, name, index)->value : 0;
}

void variables_set(struct variables *variables, int64_t name, int64_t index, int64_t value)
{
    struct variable *slot;

    /* At most half full, so that find() soon meets a free slot. */
    if (2 * variables->count >= variables->capacity)
        grow(variables);
    slot = find(variables, name, index);
    if (!slot->used) {
        *slot = (struct variable){.name = name, .index = index, .used = 1};
        variables->count++;
    }
    slot->value = value;
}

void variables_release(struct variables *variables)
{
    free(variables->slots);
    *variables = (struct variables){0};
}
