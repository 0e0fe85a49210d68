#include "ring.h"

#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/memory.h"
#include "profile/perf_record.h"

static size_t page_bytes(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

bool ring_open(struct ring *ring, int fd, size_t data_bytes)
{
    void *memory = mmap(NULL, page_bytes() + data_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    if (memory == MAP_FAILED)
        return false;
    *ring = (struct ring){.page = memory, .data_bytes = data_bytes};
    ring->whole = mem_alloc(PERF_RECORD_MAX_BYTES + 1);
    return true;
}

void ring_close(struct ring *ring)
{
    if (ring->page)
        munmap(ring->page, page_bytes() + ring->data_bytes);
    free(ring->whole);
    *ring = (struct ring){0};
}

void ring_start(struct ring *ring)
{
    /* Pairs with the kernel's barrier: the bytes before data_head are written. */
    ring->limit = __atomic_load_n(&ring->page->data_head, __ATOMIC_ACQUIRE);
}

bool ring_next(struct ring *ring, const void **record, size_t *len)
{
    const unsigned char *data = (const unsigned char *)ring->page + page_bytes();
    size_t at = (size_t)(ring->next & (ring->data_bytes - 1)), first;
    struct perf_event_header header;

    if (ring->limit - ring->next < sizeof(header))
        return false;
    memcpy(&header, data + at, sizeof(header)); /* records are 8-aligned: a header never wraps */
    if (header.size < sizeof(header) || header.size > ring->limit - ring->next)
        return false;
    *record = data + at;
    *len = header.size;
    first = ring->data_bytes - at;
    if (header.size > first) {
        memcpy(ring->whole, data + at, first);
        memcpy(ring->whole + first, data, header.size - first);
        *record = ring->whole;
    }
    ring->next += header.size;
    return true;
}

void ring_finish(struct ring *ring)
{
    ring->next = ring->limit;
    /* Pairs with the kernel's barrier: the bytes before data_tail have been read. */
    __atomic_store_n(&ring->page->data_tail, ring->next, __ATOMIC_RELEASE);
}
