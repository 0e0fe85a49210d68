/*
 * perf_event.h - what an event of a perf.data file counts.
 *
 * Source: linux/perf_event.h, enum perf_type_id and below; tools/perf/Documentation/perf-list.txt
 * for the names. On a machine with cores of several kinds each kind has events of its own: their
 * PMU stands in the upper half of a hardware event's config, and cores add up.
 */
#ifndef PROFILE_PERF_EVENT_H
#define PROFILE_PERF_EVENT_H

#include <stdbool.h>

#include "profile/perf_data.h"

enum perf_event_kind {
    PERF_EVENT_CLOCK,  /* its periods are nanoseconds of CPU time */
    PERF_EVENT_CYCLES, /* as good as time */
    PERF_EVENT_WORK,   /* instructions, branches: how often code runs */
    PERF_EVENT_OTHER,
};

enum perf_event_kind perf_event_kind(const struct perf_data_event *event);

/* CPU time, or cycles. */
bool perf_event_measures_time(const struct perf_data_event *event);

/* Do the two count the same, such as the cycles of the other kind of cores? */
bool perf_event_is_same(const struct perf_data_event *a, const struct perf_data_event *b);

/* As perf calls an event of that type and config; "" if it has no name of its own. */
const char *perf_event_name(uint32_t type, uint64_t config);

#endif
