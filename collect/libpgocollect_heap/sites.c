#include "sites.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#define SITE_COUNT ((size_t)1 << 16) /* 4 MiB */
#define IP_COUNT   ((size_t)1 << 21) /* 16 MiB: 32 frames a site */
#define PROBES_MAX 64

enum { SITE_EMPTY, SITE_CLAIMED, SITE_READY };

/* A cache line. One that was claimed by a thread of a parent process stays so in its child. */
struct site {
    _Atomic uint32_t state;
    uint32_t ip_count;
    uint64_t hash;
    const uintptr_t *ips;
    _Atomic uint64_t alloc_objects, alloc_bytes, free_objects, free_bytes;
    uint64_t unused;
};

static struct site *sites; /* sites[0]: no room */
static uintptr_t *ips_start;
static _Atomic size_t ips_used;

static void *map(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return memory == MAP_FAILED ? NULL : memory;
}

bool sites_open(void)
{
    if (sites)
        return true;
    ips_start = map(IP_COUNT * sizeof(*ips_start));
    sites = ips_start ? map(SITE_COUNT * sizeof(*sites)) : NULL;
    return sites;
}

static uint64_t hash_ips(const uintptr_t *ips, size_t count)
{
    uint64_t hash = count;

    for (size_t i = 0; i < count; i++) {
        hash = (hash ^ ips[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return hash;
}

/* NULL: all are used. What does not fit is lost, since the next may. */
static const uintptr_t *keep_ips(const uintptr_t *ips, size_t count)
{
    size_t start = atomic_load_explicit(&ips_used, memory_order_relaxed);

    do {
        if (count > IP_COUNT - start)
            return NULL;
    } while (!atomic_compare_exchange_weak(&ips_used, &start, start + count));
    memcpy(ips_start + start, ips, count * sizeof(*ips));
    return ips_start + start;
}

static bool is_site_of(const struct site *site, uint64_t hash, const uintptr_t *ips, size_t count)
{
    return site->hash == hash && site->ip_count == count &&
           memcmp(site->ips, ips, count * sizeof(*ips)) == 0;
}

static bool fill(struct site *site, uint64_t hash, const uintptr_t *ips, size_t count)
{
    site->ips = keep_ips(ips, count);
    if (!site->ips) { /* stays claimed: once the ips are used up, no new site is needed */
        return false;
    }
    site->hash = hash;
    site->ip_count = (uint32_t)count;
    atomic_store_explicit(&site->state, SITE_READY, memory_order_release);
    return true;
}

uint32_t sites_find(const uintptr_t *ips, size_t count)
{
    uint64_t hash = hash_ips(ips, count);

    for (size_t probe = 0; probe < PROBES_MAX; probe++) {
        size_t index = 1 + (hash + probe) % (SITE_COUNT - 1);
        struct site *site = &sites[index];
        uint32_t state = atomic_load_explicit(&site->state, memory_order_acquire);

        if (state == SITE_EMPTY &&
            atomic_compare_exchange_strong(&site->state, &state, SITE_CLAIMED))
            return fill(site, hash, ips, count) ? (uint32_t)index : 0;
        if (state == SITE_READY && is_site_of(site, hash, ips, count))
            return (uint32_t)index;
    }
    return 0;
}

static void add(_Atomic uint64_t *sum, uint64_t value)
{
    atomic_fetch_add_explicit(sum, value, memory_order_relaxed);
}

void sites_allocated(uint32_t site, const struct distance_weight *weight)
{
    add(&sites[site].alloc_objects, weight->objects);
    add(&sites[site].alloc_bytes, weight->bytes);
}

void sites_freed(uint32_t site, const struct distance_weight *weight)
{
    add(&sites[site].free_objects, weight->objects);
    add(&sites[site].free_bytes, weight->bytes);
}

/* Freed before allocated: never more is freed than was allocated. */
static void read_site(struct site *site, struct heap_site *out)
{
    out->ips = site->ips;
    out->ip_count = site->ip_count;
    out->free_objects = atomic_load(&site->free_objects);
    out->free_bytes = atomic_load(&site->free_bytes);
    out->alloc_objects = atomic_load(&site->alloc_objects);
    out->alloc_bytes = atomic_load(&site->alloc_bytes);
}

bool sites_next(size_t *position, struct heap_site *out)
{
    while (sites && *position < SITE_COUNT) {
        size_t index = (*position)++;
        struct site *site = &sites[index];

        if (index && atomic_load_explicit(&site->state, memory_order_acquire) != SITE_READY)
            continue;
        read_site(site, out);
        if (out->alloc_objects)
            return true;
    }
    return false;
}
