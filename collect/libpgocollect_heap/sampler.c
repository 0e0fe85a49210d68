#include "sampler.h"

#include <errno.h>
#include <sys/random.h>

#include "callers.h"
#include "sites.h"

#define RECHECK_BYTES (1 << 20) /* while off, a thread looks this often whether it still is */

__thread uint64_t sampler_left_bytes;

static __thread struct {
    bool is_busy;
    uint64_t random;   /* 0: not seeded */
    uint64_t interval; /* that sampler_left_bytes was drawn for */
} self;

static _Atomic uint64_t interval_bytes, seed, thread_ordinal;
static _Atomic bool is_decided; /* on or off; before that each allocation looks */
static _Atomic uint64_t sample_count, taken_count, untracked_count, unknown_count;

static void count(_Atomic uint64_t *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

static void draw(uint64_t interval)
{
    if (!self.random)
        self.random = distance_seed(atomic_load(&seed), atomic_fetch_add(&thread_ordinal, 1)) | 1;
    self.interval = interval;
    sampler_left_bytes = interval == 1 ? 0 : distance_draw(&self.random, interval);
}

/* Is one of its bytes sampled? */
static bool is_hit(size_t size, uint64_t interval)
{
    if (self.interval != interval) {
        draw(interval);
        if (size < sampler_left_bytes) {
            sampler_left_bytes -= size;
            return false;
        }
    }
    draw(interval); /* the process has no memory: from the end of the block on */
    return size > 0;
}

static void keep(const void *address, const struct block *block)
{
    struct block stale;

    if (blocks_take(address, &stale)) { /* freed by a way that does not come by here */
        sites_freed(stale.site, &stale.weight);
        count(&taken_count);
    }
    if (blocks_add(address, block))
        return;
    sites_freed(block->site, &block->weight);
    count(&untracked_count);
}

static void record(const void *address, size_t size, uint64_t interval, uintptr_t return_ip)
{
    uintptr_t ips[SITES_IPS_MAX];
    size_t ip_count = callers_walk(return_ip, ips, SITES_IPS_MAX);
    struct block block = {sites_find(ips, ip_count), distance_weight(size, interval)};

    count(&sample_count);
    if (!block.site)
        count(&unknown_count);
    sites_allocated(block.site, &block.weight);
    keep(address, &block);
}

void sampler_take(const void *block, size_t size, uintptr_t return_ip)
{
    uint64_t interval = atomic_load_explicit(&interval_bytes, memory_order_acquire);
    int error = errno;

    if (!block || self.is_busy)
        return;
    if (!interval) {
        self.interval = 0;
        sampler_left_bytes = atomic_load(&is_decided) ? RECHECK_BYTES : 0;
        return;
    }
    self.is_busy = true;
    if (is_hit(size, interval))
        record(block, size, interval, return_ip);
    self.is_busy = false;
    errno = error;
}

bool sampler_forget(const void *block, struct block *taken)
{
    if (!blocks_take(block, taken))
        return false;
    sites_freed(taken->site, &taken->weight);
    count(&taken_count);
    return true;
}

/* What was counted as freed is counted as allocated again: in use is right, the sum is not. */
void sampler_restore(const void *block, const struct block *taken)
{
    sites_allocated(taken->site, &taken->weight);
    count(&sample_count);
    keep(block, taken);
}

void sampler_set_seed(uint64_t number)
{
    atomic_store(&seed, number);
    atomic_store(&thread_ordinal, 0);
}

static bool open_tables(void)
{
    uint64_t random = 0;

    if (!sites_open() || !blocks_open())
        return false;
    callers_open();
    if (!atomic_load(&seed) && getrandom(&random, sizeof(random), GRND_NONBLOCK) > 0)
        atomic_store(&seed, random);
    return true;
}

void sampler_set_interval(uint64_t bytes)
{
    int error = errno;

    atomic_store(&is_decided, true);
    if (bytes && !open_tables())
        bytes = 0;
    atomic_store_explicit(&interval_bytes, bytes, memory_order_release);
    errno = error;
}

uint64_t sampler_interval(void)
{
    return atomic_load(&interval_bytes);
}

struct heap_stats sampler_read_stats(void)
{
    uint64_t taken = atomic_load(&taken_count), untracked = atomic_load(&untracked_count);
    uint64_t sampled = atomic_load(&sample_count);

    return (struct heap_stats){.sample_count = sampled,
                               .block_count = sampled - taken - untracked,
                               .untracked_count = untracked,
                               .unknown_count = atomic_load(&unknown_count)};
}
