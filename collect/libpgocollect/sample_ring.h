/*
 * sample_ring.h - samples on their way from a signal handler to the collector's thread.
 *
 * One writer (the handler of one thread), one reader. A record is reserved at its largest size,
 * written in place and committed at its true size; records do not wrap, a filler takes the rest.
 * Memory is the caller's, a power of two, aligned to 8.
 *
 *     struct sample *sample = sample_ring_reserve(&ring, max);      handler; NULL: full
 *     sample->ip_count = ...;
 *     if (sample_ring_commit(&ring, sample)) wake the reader;
 *
 *     while ((sample = sample_ring_peek(&ring)))                    reader
 *         ..., sample_ring_consume(&ring, sample);
 */
#ifndef LIBPGOCOLLECT_SAMPLE_RING_H
#define LIBPGOCOLLECT_SAMPLE_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sample_flag {
    SAMPLE_FILLER = 1 << 0, /* nothing but its size */
    SAMPLE_TRACE = 1 << 1,  /* trace_id is set */
};

struct sample {
    uint32_t bytes; /* of the record; set by the ring */
    uint16_t ip_count;
    uint8_t end; /* enum unwind_end */
    uint8_t flags;
    uint64_t weight;    /* periods of CPU time */
    uint32_t label_set; /* of labels.h */
    uint32_t copy;      /* of unwind_copy_take(), or 0 */
    uint8_t trace_id[16];
    uintptr_t ips[]; /* as unwind.h gives them */
};

struct sample_ring {
    unsigned char *data;
    size_t bytes;
    _Atomic uint64_t written, read; /* bytes ever, fillers included */
    uint64_t asked_at;              /* the writer's: `read` + 1 when it last asked for a reader */
};

struct sample *sample_ring_reserve(struct sample_ring *ring, size_t max_ips);

/* True, once for a place where the reader stands: more than half full, so it is time to read. */
bool sample_ring_commit(struct sample_ring *ring, struct sample *sample);

const struct sample *sample_ring_peek(struct sample_ring *ring); /* NULL: empty */
void sample_ring_consume(struct sample_ring *ring, const struct sample *sample);

#endif
