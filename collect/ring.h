/*
 * ring.h - the ring buffer in which the kernel leaves the records of one CPU.
 *
 * Life cycle: ring_open() on a perf event's descriptor (borrowed), then in each round ring_start(),
 * ring_next() until false, ring_finish(), which gives the room back to the kernel; ring_close().
 * Records are whole: one that wraps around the end of the buffer is copied into one piece.
 * Layout: linux/perf_event.h, struct perf_event_mmap_page.
 */
#ifndef COLLECT_RING_H
#define COLLECT_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

struct ring {
    struct perf_event_mmap_page *page; /* the kernel's; the data follow it */
    size_t data_bytes;                 /* a power of two */
    uint64_t next, limit;              /* positions within this round; they only grow */
    unsigned char *whole;              /* the copy of a record that wraps */
};

/* False with errno when the kernel refuses; EPERM: more locked memory than the user may have. */
MUST_CHECK bool ring_open(struct ring *ring, int fd, size_t data_bytes);
void ring_close(struct ring *ring);

void ring_start(struct ring *ring);
bool ring_next(struct ring *ring, const void **record, size_t *len);
void ring_finish(struct ring *ring);

#endif
