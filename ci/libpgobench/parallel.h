/*
 * parallel.h - bench_parallel(): threads that share the iterations of one benchmark.
 */
#ifndef PGOBENCH_PARALLEL_H
#define PGOBENCH_PARALLEL_H

#include <stdbool.h>

#include "libpgobench/run.h"

/* CPUs that this process may use: the threads, unless -cpu says otherwise. */
unsigned parallel_default_threads(void);

/* bench_next() of a thread, where its batch has ended. */
bool parallel_next_batch(struct run *run);

#endif
