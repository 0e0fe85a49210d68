#include "slot.h"

#include <string.h>
#include <sys/mman.h>

/* Written once by slot_pool_open(); the count only grows. */
static struct slot *pool;
static _Atomic size_t used_count;

static void *map_memory(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return memory == MAP_FAILED ? NULL : memory;
}

bool slot_pool_open(void)
{
    if (!pool)
        pool = map_memory(SLOT_COUNT_MAX * sizeof(*pool));
    return pool;
}

static bool try_claim(struct slot *slot)
{
    int expected = SLOT_FREE;

    return atomic_compare_exchange_strong(&slot->state, &expected, SLOT_CLAIMED);
}

/* A free one among those used before, else one more. */
static struct slot *find_free(void)
{
    size_t count = atomic_load(&used_count);

    for (size_t i = 0; i < count; i++)
        if (atomic_load_explicit(&pool[i].state, memory_order_relaxed) == SLOT_FREE &&
            try_claim(&pool[i]))
            return &pool[i];
    for (size_t i = count; i < SLOT_COUNT_MAX; i++) {
        if (!try_claim(&pool[i]))
            continue;
        while (count <= i && !atomic_compare_exchange_weak(&used_count, &count, i + 1))
            ;
        return &pool[i];
    }
    return NULL;
}

struct slot *slot_claim(pid_t tid)
{
    struct slot *slot = pool ? find_free() : NULL;

    if (!slot)
        return NULL;
    if (!slot->ring.data)
        slot->ring.data = map_memory(SLOT_RING_BYTES);
    if (!slot->ring.data) {
        slot_release(slot);
        return NULL;
    }
    slot->ring.bytes = SLOT_RING_BYTES;
    slot->tid = tid;
    slot->has_timer = slot->is_seen = slot->is_blocked = false;
    slot->ticked_weight = 0;
    slot->own_memory = NULL;
    slot->thread = (struct unwind_thread){0};
    slot->start_routine = 0;
    slot->weight = slot->carried_weight = slot->end_due = 0;
    slot->signal_count = slot->full_count = slot->handler_ns = 0;
    slot->label_set = 0;
    slot->has_trace = false;
    return slot;
}

void slot_release(struct slot *slot)
{
    slot->tid = 0;
    atomic_store(&slot->state, SLOT_FREE);
}

uint64_t slot_end_weight(const struct slot *slot)
{
    uint64_t weight = slot->weight;

    return slot->carried_weight + (slot->end_due > weight ? slot->end_due - weight : 0);
}

bool slot_is_valid(const void *pointer)
{
    uintptr_t off = (uintptr_t)pointer - (uintptr_t)pool;

    return pool && off < SLOT_COUNT_MAX * sizeof(*pool) && off % sizeof(*pool) == 0;
}

size_t slot_count(void)
{
    return atomic_load(&used_count);
}

struct slot *slot_at(size_t index)
{
    return &pool[index];
}

void slot_pool_reset(void)
{
    for (size_t i = 0; i < slot_count(); i++) {
        atomic_store(&pool[i].ring.written, 0);
        atomic_store(&pool[i].ring.read, 0);
        slot_release(&pool[i]);
    }
}
