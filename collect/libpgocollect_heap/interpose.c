/*
 * interpose.c - malloc and its like, between the program and its allocator.
 *
 * The allocator is whatever defines them next: glibc, or a preloaded jemalloc or tcmalloc.
 */
#include <dlfcn.h>
#include <malloc.h>
#include <stdint.h>
#include <string.h>

#include "early.h"
#include "sampler.h"
#include "sites.h"

#define RETURN_IP ((uintptr_t)__builtin_return_address(0))

static void *first_malloc(size_t size);
static void *first_calloc(size_t count, size_t size);
static void *first_realloc(void *block, size_t size);
static void first_free(void *block);
static int first_posix_memalign(void **block, size_t alignment, size_t size);
static void *first_aligned_alloc(size_t alignment, size_t size);
static void *first_memalign(size_t alignment, size_t size);
static void *first_valloc(size_t size);
static void *first_pvalloc(size_t size);

static __typeof__(malloc) *next_malloc = first_malloc;
static __typeof__(calloc) *next_calloc = first_calloc;
static __typeof__(realloc) *next_realloc = first_realloc;
static __typeof__(free) *next_free = first_free;
static __typeof__(posix_memalign) *next_posix_memalign = first_posix_memalign;
static __typeof__(aligned_alloc) *next_aligned_alloc = first_aligned_alloc;
static __typeof__(memalign) *next_memalign = first_memalign;
static __typeof__(valloc) *next_valloc = first_valloc;
static __typeof__(pvalloc) *next_pvalloc = first_pvalloc;

static bool is_looking_up;

/* By the first call of any: the loader's or a constructor's, when there is one thread. */
static void look_up(void)
{
    static const struct {
        const char *name;
        void *place; /* of a function pointer */
    } functions[] = {
        {"calloc", &next_calloc},
        {"realloc", &next_realloc},
        {"free", &next_free},
        {"posix_memalign", &next_posix_memalign},
        {"aligned_alloc", &next_aligned_alloc},
        {"memalign", &next_memalign},
        {"valloc", &next_valloc},
        {"pvalloc", &next_pvalloc},
        {"malloc", &next_malloc},
    };
    void *found[ARRAY_SIZE(functions)];

    early_mark_pages();
    is_looking_up = true;
    for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
        found[i] = dlsym(RTLD_NEXT, functions[i].name);
    for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
        memcpy(functions[i].place, &found[i], sizeof(found[i]));
    is_looking_up = false;
}

static void *first_malloc(size_t size)
{
    if (is_looking_up)
        return early_allocate(size);
    look_up();
    return next_malloc(size);
}

static void *first_calloc(size_t count, size_t size)
{
    size_t bytes;

    if (is_looking_up)
        return __builtin_mul_overflow(count, size, &bytes) ? NULL : early_allocate(bytes);
    look_up();
    return next_calloc(count, size);
}

static void *first_realloc(void *block, size_t size)
{
    if (is_looking_up) /* block is NULL: others come to realloc_known() */
        return early_allocate(size);
    look_up();
    return next_realloc(block, size);
}

static void first_free(void *block)
{
    if (!block || is_looking_up)
        return;
    look_up();
    next_free(block);
}

static int first_posix_memalign(void **block, size_t alignment, size_t size)
{
    look_up();
    return next_posix_memalign(block, alignment, size);
}

static void *first_aligned_alloc(size_t alignment, size_t size)
{
    look_up();
    return next_aligned_alloc(alignment, size);
}

static void *first_memalign(size_t alignment, size_t size)
{
    look_up();
    return next_memalign(alignment, size);
}

static void *first_valloc(size_t size)
{
    look_up();
    return next_valloc(size);
}

static void *first_pvalloc(size_t size)
{
    look_up();
    return next_pvalloc(size);
}

EXPORT void *malloc(size_t size)
{
    void *block = next_malloc(size);

    if (sampler_is_due(size))
        sampler_take(block, size, RETURN_IP);
    return block;
}

EXPORT void *calloc(size_t count, size_t size)
{
    void *block = next_calloc(count, size);
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes)) /* then block is NULL */
        bytes = 0;
    if (sampler_is_due(bytes))
        sampler_take(block, bytes, RETURN_IP);
    return block;
}

/* Of a block that may be ours. Forgotten before: afterwards its address may be another thread's. */
static NOINLINE void *realloc_known(void *block, size_t size)
{
    struct block taken;
    bool is_sampled;
    void *moved;

    if (early_is_block(block)) {
        size_t had = early_size(block);

        moved = next_malloc(size);
        return moved ? memcpy(moved, block, had < size ? had : size) : NULL;
    }
    is_sampled = sampler_forget(block, &taken);
    moved = next_realloc(block, size);
    if (!moved && size && is_sampled)
        sampler_restore(block, &taken);
    return moved;
}

/* The new size counts as an allocation, the old one as freed, whether it moves or not. */
EXPORT void *realloc(void *block, size_t size)
{
    void *moved = sampler_may_know(block) ? realloc_known(block, size) : next_realloc(block, size);

    if (sampler_is_due(size))
        sampler_take(moved, size, RETURN_IP);
    return moved;
}

static NOINLINE void free_known(void *block)
{
    struct block taken;

    if (early_is_block(block))
        return;
    sampler_forget(block, &taken);
    next_free(block);
}

EXPORT void free(void *block)
{
    if (sampler_may_know(block))
        free_known(block);
    else
        next_free(block);
}

EXPORT int posix_memalign(void **block, size_t alignment, size_t size)
{
    int code = next_posix_memalign(block, alignment, size);

    if (code == 0 && sampler_is_due(size))
        sampler_take(*block, size, RETURN_IP);
    return code;
}

EXPORT void *aligned_alloc(size_t alignment, size_t size)
{
    void *block = next_aligned_alloc(alignment, size);

    if (sampler_is_due(size))
        sampler_take(block, size, RETURN_IP);
    return block;
}

EXPORT void *memalign(size_t alignment, size_t size)
{
    void *block = next_memalign(alignment, size);

    if (sampler_is_due(size))
        sampler_take(block, size, RETURN_IP);
    return block;
}

EXPORT void *valloc(size_t size)
{
    void *block = next_valloc(size);

    if (sampler_is_due(size))
        sampler_take(block, size, RETURN_IP);
    return block;
}

EXPORT void *pvalloc(size_t size)
{
    void *block = next_pvalloc(size);

    if (sampler_is_due(size))
        sampler_take(block, size, RETURN_IP);
    return block;
}

/* Ours, also where the program calls another one by that name. */
extern __typeof__(malloc) own_malloc
    __attribute__((alias("malloc"), copy(malloc), visibility("hidden")));

extern const struct heap_source pgo_heap_source_1;
EXPORT const struct heap_source pgo_heap_source_1 = {.set_interval = sampler_set_interval,
                                                     .interval = sampler_interval,
                                                     .next_site = sites_next,
                                                     .read_stats = sampler_read_stats,
                                                     .allocate = own_malloc};
