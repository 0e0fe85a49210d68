/*
 * window.h - the samples between two points in time, for one reader.
 *
 * Each reader of the collector has a window of its own: the folder, a request over HTTP, a
 * snapshot. The collector adds each sample to all windows that are open; one table for all, read by
 * difference, would never shrink. Memory is bounded: beyond the bound a new stack is kept as its
 * leaf alone, and counted. Allocates through lib/base: call within survive_run().
 */
#ifndef LIBPGOCOLLECT_WINDOW_H
#define LIBPGOCOLLECT_WINDOW_H

#include <stddef.h>
#include <stdint.h>

#include "profile/profile.h"
#include "profile/stacks.h"
#include "sample_ring.h"
#include "unwind.h"

#define WINDOW_BYTES_MAX ((size_t)32 * 1024 * 1024)

struct window {
    struct window *next; /* the collector's */
    struct stacks stacks;
    struct byteset tags;     /* of struct window_tag: a stack's tag is its id */
    size_t bytes, bytes_max; /* of the table, about */
    int64_t period_ns;
    int64_t start_ns;        /* CLOCK_REALTIME */
    int64_t start_steady_ns; /* CLOCK_MONOTONIC */
    uint64_t weight;
    uint64_t cut_weight;                    /* of stacks that were kept as their leaf */
    uint64_t end_weights[UNWIND_END_COUNT]; /* by enum unwind_end */
};

struct window *window_new(size_t bytes_max, int64_t period_ns);
void window_free(struct window *window);

/* The frames of the sample, resolved, and how its walk ended at last. */
void window_add(struct window *window, const struct sample *sample, enum unwind_end end,
                const struct stack_frame *frames, size_t count);

/* Value types, samples with their labels, mappings, times. */
struct profile *window_profile(const struct window *window, const struct code_mapping *mappings,
                               size_t mapping_count);

#endif
