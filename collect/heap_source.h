/*
 * heap_source.h - what libpgocollect_heap.so knows, as libpgocollect.so reads it.
 *
 * The first interposes malloc and samples, the second has settings, files and pages. Neither needs
 * the other: libpgocollect looks HEAP_SOURCE_NAME up by dlsym() and does without if it is not
 * there. All functions may be called by any thread, none allocates.
 */
#ifndef COLLECT_HEAP_SOURCE_H
#define COLLECT_HEAP_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The number is that of this layout. */
#define HEAP_SOURCE_NAME "pgo_heap_source_1"

/* Objects are counted in these parts of one: a sample stands for 1.58 objects, or for 32768.5. */
#define HEAP_OBJECT_UNIT UINT64_C(65536)

/* One stack that allocated. Estimates of all that it allocated, not of what was sampled. */
struct heap_site {
    const uintptr_t *ips; /* return addresses minus one, the caller of malloc() first; stay */
    size_t ip_count;      /* 0: stacks that found no room */
    uint64_t alloc_objects, alloc_bytes;
    uint64_t free_objects, free_bytes;
};

struct heap_stats {
    uint64_t sample_count;    /* allocations sampled so far */
    uint64_t block_count;     /* of these: alive */
    uint64_t untracked_count; /* found no room: count as allocated, never as in use */
    uint64_t unknown_count;   /* their stack found no room */
};

struct heap_source {
    /* Bytes between two samples in the mean; 0: off. From the next sample of a thread on. */
    void (*set_interval)(uint64_t bytes);
    uint64_t (*interval)(void);
    /* From *position 0 on; false: that was the last one. */
    bool (*next_site)(size_t *position, struct heap_site *site);
    struct heap_stats (*read_stats)(void);
    void *(*allocate)(size_t bytes); /* the malloc() that must be the program's */
};

#endif
