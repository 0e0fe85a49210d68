#include "base/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/out_of_memory.h"

#define ARENA_ALIGN       16
#define ARENA_BLOCK_BYTES ((size_t)64 * 1024)

struct arena_block {
    struct arena_block *next;
    size_t used_bytes, size_bytes;
    _Alignas(ARENA_ALIGN) unsigned char data[];
};

static size_t multiply(size_t count, size_t item_bytes)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, item_bytes, &bytes))
        out_of_memory();
    return bytes;
}

void *mem_alloc(size_t bytes)
{
    void *memory = calloc(1, bytes ? bytes : 1);

    if (!memory)
        out_of_memory();
    return memory;
}

void *mem_realloc(void *memory, size_t bytes)
{
    memory = realloc(memory, bytes ? bytes : 1);
    if (!memory)
        out_of_memory();
    return memory;
}

void *mem_array(size_t count, size_t item_bytes)
{
    return mem_alloc(multiply(count, item_bytes));
}

char *mem_strdup(const char *text)
{
    size_t bytes = strlen(text) + 1;

    return memcpy(mem_alloc(bytes), text, bytes);
}

char *mem_format(const char *format, ...)
{
    va_list args;
    char *text;
    int len;

    va_start(args, format);
    len = vasprintf(&text, format, args);
    va_end(args);
    if (len < 0)
        out_of_memory();
    return text;
}

void *array_grow(void *items, size_t *capacity, size_t needed, size_t item_bytes)
{
    size_t grown = *capacity + *capacity / 2;

    if (grown < needed)
        grown = needed;
    if (grown < 8)
        grown = 8;
    items = mem_realloc(items, multiply(grown, item_bytes));
    *capacity = grown;
    return items;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
    struct arena_block *block = arena->blocks;
    void *memory;

    if (bytes > SIZE_MAX - sizeof(*block) - ARENA_ALIGN)
        out_of_memory();
    bytes = (bytes + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
    if (!block || block->size_bytes - block->used_bytes < bytes) {
        size_t size_bytes = bytes > ARENA_BLOCK_BYTES ? bytes : ARENA_BLOCK_BYTES;

        block = mem_alloc(sizeof(*block) + size_bytes);
        block->size_bytes = size_bytes;
        block->next = arena->blocks;
        arena->blocks = block;
    }
    memory = block->data + block->used_bytes;
    block->used_bytes += bytes;
    return memory;
}

void *arena_array(struct arena *arena, size_t count, size_t item_bytes)
{
    return arena_alloc(arena, multiply(count, item_bytes));
}

void *arena_memdup(struct arena *arena, const void *data, size_t bytes)
{
    void *memory = arena_alloc(arena, bytes);

    if (bytes)
        memcpy(memory, data, bytes);
    return memory;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return arena_memdup(arena, text, strlen(text) + 1);
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list args;
    char *text;
    int len;

    va_start(args, format);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0)
        out_of_memory();
    text = arena_alloc(arena, (size_t)len + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    return text;
}

void arena_release(struct arena *arena)
{
    struct arena_block *block = arena->blocks;

    while (block) {
        struct arena_block *next = block->next;

        free(block);
        block = next;
    }
    arena->blocks = NULL;
}
