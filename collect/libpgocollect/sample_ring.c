#include "sample_ring.h"

#include <string.h>

#define RECORD_ALIGN 8

static size_t record_bytes(size_t ip_count)
{
    size_t bytes = sizeof(struct sample) + ip_count * sizeof(uintptr_t);

    return (bytes + RECORD_ALIGN - 1) / RECORD_ALIGN * RECORD_ALIGN;
}

struct sample *sample_ring_reserve(struct sample_ring *ring, size_t max_ips)
{
    uint64_t written = atomic_load_explicit(&ring->written, memory_order_relaxed);
    uint64_t read = atomic_load_explicit(&ring->read, memory_order_acquire);
    size_t room = ring->bytes - (size_t)(written - read);
    size_t at = (size_t)written & (ring->bytes - 1), to_end = ring->bytes - at;
    size_t needed = record_bytes(max_ips);

    if (needed > to_end) {
        struct sample *filler = (struct sample *)(ring->data + at);

        if (room < to_end + needed)
            return NULL;
        filler->bytes = (uint32_t)to_end;
        filler->flags = SAMPLE_FILLER;
        atomic_store_explicit(&ring->written, written + to_end, memory_order_release);
        return (struct sample *)ring->data;
    }
    return room < needed ? NULL : (struct sample *)(ring->data + at);
}

bool sample_ring_commit(struct sample_ring *ring, struct sample *sample)
{
    uint64_t written = atomic_load_explicit(&ring->written, memory_order_relaxed);
    uint64_t read = atomic_load_explicit(&ring->read, memory_order_relaxed);

    sample->bytes = (uint32_t)record_bytes(sample->ip_count);
    written += sample->bytes;
    atomic_store_explicit(&ring->written, written, memory_order_release);
    if (written - read <= ring->bytes / 2 || ring->asked_at == read + 1)
        return false;
    ring->asked_at = read + 1;
    return true;
}

const struct sample *sample_ring_peek(struct sample_ring *ring)
{
    for (;;) {
        uint64_t read = atomic_load_explicit(&ring->read, memory_order_relaxed);
        const struct sample *sample;

        if (read == atomic_load_explicit(&ring->written, memory_order_acquire))
            return NULL;
        sample = (const struct sample *)(ring->data + ((size_t)read & (ring->bytes - 1)));
        if (!(sample->flags & SAMPLE_FILLER))
            return sample;
        sample_ring_consume(ring, sample);
    }
}

void sample_ring_consume(struct sample_ring *ring, const struct sample *sample)
{
    uint64_t read = atomic_load_explicit(&ring->read, memory_order_relaxed);

    atomic_store_explicit(&ring->read, read + sample->bytes, memory_order_release);
}
