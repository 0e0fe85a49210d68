/*
 * memory.h - allocation that does not fail, growable arrays, and the arena.
 *
 * Running out of memory ends the program with a message: nothing here returns NULL. A size that
 * comes from a file is therefore checked against the bytes that remain before it gets here.
 *
 * Growable array: three fields, `items`, `count`, `capacity`, all zero at first, freed by free():
 *
 *     *ARRAY_PUSH(list->items, list->count, list->capacity) = item;
 *
 * Arena: a document (a profile, a tree) allocates its nodes from one arena and frees them all in
 * one call; nothing in it is freed alone. `struct arena a = {0};` is an empty one.
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

#include "base/compiler.h"

void *mem_alloc(size_t bytes);                               /* zeroed */
void *mem_realloc(void *memory, size_t bytes);               /* the new part is not zeroed */
void *mem_array(size_t count, size_t item_bytes);            /* zeroed; dies on overflow */
char *mem_strdup(const char *text);                          /* free() it */
char *mem_format(const char *format, ...) PRINTF_LIKE(1, 2); /* free() it */

/* The grown array; *capacity is updated to at least `needed` items. */
void *array_grow(void *items, size_t *capacity, size_t needed, size_t item_bytes);

/* A pointer to one more item at the end; its content is undefined. */
#define ARRAY_PUSH(items, count, capacity)                                                         \
    ((items) =                                                                                     \
         ((count) == (capacity) ? array_grow((items), &(capacity), (count) + 1, sizeof(*(items)))  \
                                : (void *)(items)),                                                \
     &(items)[(count)++])

struct arena {
    struct arena_block *blocks;
};

void *arena_alloc(struct arena *arena, size_t bytes);                    /* zeroed, aligned to 16 */
void *arena_array(struct arena *arena, size_t count, size_t item_bytes); /* dies on overflow */
void *arena_memdup(struct arena *arena, const void *data, size_t bytes);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_format(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
void arena_release(struct arena *arena); /* frees everything; the arena is empty again */

#endif
