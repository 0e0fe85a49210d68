/*
 * malloc() and its like, counted, in front of the allocator that comes next.
 *
 * Each thread has a slot of its own, so that counting is an addition without a lock; threads beyond
 * SLOTS share the last one. A slot is not given back: a program of many short threads ends up with
 * the shared one, slower and as exact.
 *
 * dlsym() may allocate, and the loader may call us before we know who is next: such blocks are cut
 * from a static array, and never freed.
 */
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/compiler.h"
#include "libpgobench/allocations.h"

#define SLOTS       256
#define EARLY_BYTES 16384
#define ALIGNMENT   16

struct slot {
    _Alignas(64) atomic_uint_least64_t count;
    atomic_uint_least64_t bytes;
};

static struct slot slots[SLOTS];
static atomic_uint slots_used;
static __thread struct slot *own_slot;

static struct {
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    void (*free)(void *);
    void *(*memalign)(size_t, size_t);
    void *(*aligned_alloc)(size_t, size_t);
    int (*posix_memalign)(void **, size_t, size_t);
    void *(*valloc)(size_t);
    void *(*pvalloc)(size_t);
} next;
static bool is_searching, is_known;

static _Alignas(ALIGNMENT) unsigned char early[EARLY_BYTES];
static size_t early_used;

/* Zeroed, with its size in front. */
static void *early_allocate(size_t size)
{
    unsigned char *block = early + early_used + ALIGNMENT;

    if (size > EARLY_BYTES || early_used + 2 * ALIGNMENT + size > EARLY_BYTES) {
        errno = ENOMEM;
        return NULL;
    }
    early_used += ALIGNMENT + (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    memcpy(block - ALIGNMENT, &size, sizeof(size));
    return block;
}

static bool is_early(const void *block)
{
    return (uintptr_t)block - (uintptr_t)early < EARLY_BYTES;
}

/* dlsym() gives an object's address; a function's is of the same form here. */
static void search(const char *name, void *function)
{
    void *found = dlsym(RTLD_NEXT, name);

    memcpy(function, &found, sizeof(found));
}

/* False: the search has not ended, and this call comes from within it. */
static bool know_next(void)
{
    if (is_known || is_searching)
        return is_known;
    is_searching = true;
    search("malloc", &next.malloc);
    search("calloc", &next.calloc);
    search("realloc", &next.realloc);
    search("free", &next.free);
    search("memalign", &next.memalign);
    search("aligned_alloc", &next.aligned_alloc);
    search("posix_memalign", &next.posix_memalign);
    search("valloc", &next.valloc);
    search("pvalloc", &next.pvalloc);
    return is_known = true;
}

static struct slot *take_slot(void)
{
    unsigned number = atomic_fetch_add(&slots_used, 1);

    return own_slot = &slots[number < SLOTS ? number : SLOTS - 1];
}

static void *counted(void *block, size_t bytes)
{
    struct slot *slot = own_slot ? own_slot : take_slot();

    if (!block)
        return NULL;
    if (slot == &slots[SLOTS - 1]) {
        atomic_fetch_add_explicit(&slot->count, 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&slot->bytes, bytes, memory_order_relaxed);
        return block;
    }
    atomic_store_explicit(&slot->count,
                          atomic_load_explicit(&slot->count, memory_order_relaxed) + 1,
                          memory_order_relaxed);
    atomic_store_explicit(&slot->bytes,
                          atomic_load_explicit(&slot->bytes, memory_order_relaxed) + bytes,
                          memory_order_relaxed);
    return block;
}

EXPORT void bench_count_allocations(struct allocations *sum)
{
    unsigned used = atomic_load(&slots_used);

    *sum = (struct allocations){0};
    for (unsigned i = 0; i < used && i < SLOTS; i++) {
        sum->count += atomic_load_explicit(&slots[i].count, memory_order_relaxed);
        sum->bytes += atomic_load_explicit(&slots[i].bytes, memory_order_relaxed);
    }
}

EXPORT void *malloc(size_t size)
{
    return know_next() ? counted(next.malloc(size), size) : early_allocate(size);
}

EXPORT void *calloc(size_t count, size_t size)
{
    return know_next() ? counted(next.calloc(count, size), count * size)
                       : early_allocate(count * size);
}

static void *leave_early(void *block, size_t size)
{
    void *copy = malloc(size);
    size_t old_size;

    memcpy(&old_size, (unsigned char *)block - ALIGNMENT, sizeof(old_size));
    return copy ? memcpy(copy, block, old_size < size ? old_size : size) : NULL;
}

EXPORT void *realloc(void *block, size_t size)
{
    if (is_early(block))
        return leave_early(block, size);
    return know_next() ? counted(next.realloc(block, size), size) : early_allocate(size);
}

EXPORT void free(void *block)
{
    if (block && !is_early(block) && know_next())
        next.free(block);
}

EXPORT void *memalign(size_t alignment, size_t size)
{
    return know_next() ? counted(next.memalign(alignment, size), size) : NULL;
}

EXPORT void *aligned_alloc(size_t alignment, size_t size)
{
    return know_next() ? counted(next.aligned_alloc(alignment, size), size) : NULL;
}

EXPORT int posix_memalign(void **block, size_t alignment, size_t size)
{
    int code = know_next() ? next.posix_memalign(block, alignment, size) : ENOMEM;

    if (code == 0)
        counted(*block, size);
    return code;
}

EXPORT void *valloc(size_t size)
{
    return know_next() ? counted(next.valloc(size), size) : NULL;
}

EXPORT void *pvalloc(size_t size)
{
    return know_next() ? counted(next.pvalloc(size), size) : NULL;
}
