#include "blocks.h"

#include <sys/mman.h>

#define KEYS_IN_BUCKET 8 /* a cache line */
#define BUCKET_BITS    14
#define BUCKET_COUNT   ((size_t)1 << BUCKET_BITS)

/*
 * An address lies in one of two buckets, by two hashes, and goes to the emptier one. So nothing
 * moves, an empty place is just empty, and nine tenths are full before an address finds no room.
 */
struct bucket {
    _Atomic uintptr_t keys[KEYS_IN_BUCKET]; /* 0: empty */
};

_Atomic uint32_t blocks_on_pages[1 << BLOCKS_PAGE_COUNTER_BITS];

static struct bucket *buckets;
static struct block *blocks; /* by bucket and place in it */

static void *map(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return memory == MAP_FAILED ? NULL : memory;
}

bool blocks_open(void)
{
    if (blocks)
        return true;
    buckets = map(BUCKET_COUNT * sizeof(*buckets));
    blocks = buckets ? map(BUCKET_COUNT * KEYS_IN_BUCKET * sizeof(*blocks)) : NULL;
    return blocks;
}

static size_t bucket_of(uintptr_t key, unsigned which)
{
    static const uint64_t factors[] = {UINT64_C(0x9e3779b97f4a7c15), UINT64_C(0xc2b2ae3d27d4eb4f)};

    return (size_t)((key >> 4) * factors[which] >> (64 - BUCKET_BITS));
}

static bool put(size_t bucket, uintptr_t key, const struct block *block)
{
    for (size_t i = 0; i < KEYS_IN_BUCKET; i++) {
        uintptr_t empty = 0;

        if (!atomic_compare_exchange_strong(&buckets[bucket].keys[i], &empty, key))
            continue;
        blocks[bucket * KEYS_IN_BUCKET + i] = *block;
        return true;
    }
    return false;
}

static unsigned count_empty(size_t bucket)
{
    unsigned count = 0;

    for (size_t i = 0; i < KEYS_IN_BUCKET; i++)
        count += !atomic_load_explicit(&buckets[bucket].keys[i], memory_order_relaxed);
    return count;
}

/* The counter first: where a key is, it is never 0. */
bool blocks_add(const void *address, const struct block *block)
{
    uintptr_t key = (uintptr_t)address;
    size_t one = bucket_of(key, 0), other = bucket_of(key, 1);
    bool is_one_fuller = count_empty(one) < count_empty(other);

    atomic_fetch_add_explicit(blocks_page(address), 1, memory_order_relaxed);
    if (put(is_one_fuller ? other : one, key, block) ||
        put(is_one_fuller ? one : other, key, block))
        return true;
    atomic_fetch_sub_explicit(blocks_page(address), 1, memory_order_relaxed);
    return false;
}

bool blocks_take(const void *address, struct block *block)
{
    uintptr_t key = (uintptr_t)address;

    for (unsigned which = 0; buckets && key && which < 2; which++) {
        size_t bucket = bucket_of(key, which);

        for (size_t i = 0; i < KEYS_IN_BUCKET; i++) {
            _Atomic uintptr_t *place = &buckets[bucket].keys[i];

            if (atomic_load_explicit(place, memory_order_relaxed) != key)
                continue;
            *block = blocks[bucket * KEYS_IN_BUCKET + i];
            atomic_store_explicit(place, 0, memory_order_release);
            atomic_fetch_sub_explicit(blocks_page(address), 1, memory_order_relaxed);
            return true;
        }
    }
    return false;
}
