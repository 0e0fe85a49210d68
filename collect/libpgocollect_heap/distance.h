/*
 * distance.h - the mathematics of sampling by bytes.
 *
 * Sampled bytes are a Poisson process along all that a thread allocates: one in `interval` in the
 * mean. An allocation is sampled if one of its bytes is, so with probability
 * 1 - exp(-size / interval), and stands for the inverse of that in objects of its size. The sum
 * over the samples is then right in the mean, whatever the sizes are (Horvitz and Thompson's
 * estimate; Go's heap profiles and pprof's heap v2 are scaled in the same way).
 */
#ifndef LIBPGOCOLLECT_HEAP_DISTANCE_H
#define LIBPGOCOLLECT_HEAP_DISTANCE_H

#include <stddef.h>
#include <stdint.h>

/* A stream of random numbers of its own for each (seed, ordinal). */
uint64_t distance_seed(uint64_t seed, uint64_t ordinal);

/* Bytes from here to the next sampled one, which is the last of them: 1 or more. */
uint64_t distance_draw(uint64_t *random, uint64_t interval);

struct distance_weight {
    uint64_t objects; /* in HEAP_OBJECT_UNITs */
    uint64_t bytes;
};

/* What a sampled allocation stands for. size > 0. Interval 1: itself. */
struct distance_weight distance_weight(size_t size, uint64_t interval);

#endif
