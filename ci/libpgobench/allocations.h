/*
 * allocations.h - what the process has allocated so far; libpgobench_malloc counts it.
 *
 * A library of its own: who leaves it out has the C library's malloc() untouched.
 */
#ifndef PGOBENCH_ALLOCATIONS_H
#define PGOBENCH_ALLOCATIONS_H

#include <stdint.h>

struct allocations {
    uint64_t count, bytes;
};

/* NULL, as its address: nothing is counted. Of all threads. */
void bench_count_allocations(struct allocations *sum) __attribute__((weak));

#endif
