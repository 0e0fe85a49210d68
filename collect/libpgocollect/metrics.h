/*
 * metrics.h - the metrics that the program registered (pgo_metrics.h), for the /metrics page.
 *
 * A list that only grows. A new metric is put at its head by a compare-and-swap: there is no lock
 * that a fork could leave taken, and a reader needs none. Memory that is not there is ENOMEM for
 * the program; lib/base is not used, since it gives up instead.
 */
#ifndef LIBPGOCOLLECT_METRICS_H
#define LIBPGOCOLLECT_METRICS_H

#include "metrics_text.h"

/* All families, by name; in one, the metrics in the order in which they were registered. */
void metrics_write_registered(struct metrics_text *text);

#endif
