/*
 * metrics_profiler.h - what the profiler itself does and costs, for /metrics.
 */
#ifndef LIBPGOCOLLECT_METRICS_PROFILER_H
#define LIBPGOCOLLECT_METRICS_PROFILER_H

#include "metrics_text.h"
#include "push.h"

/* While the collector runs. push: NULL if there is none. */
void metrics_write_profiler(const struct push *push, struct metrics_text *text);

#endif
