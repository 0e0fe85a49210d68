/*
 * event_choice.h - of the events of a perf.data file those that a profile is made of.
 *
 * By default the first that measures CPU time, with those that count the same: the cycles of each
 * kind of cores. `asked` is a name as perf gives it, or without its modifiers and PMU: "cycles" is
 * also "cycles:u" and "cpu_core/cycles/". If nothing tells, or nothing has that name, the error
 * lists what is there. Life cycle: event_choice_make(), event_choice_release().
 */
#ifndef COLLECT_EVENT_CHOICE_H
#define COLLECT_EVENT_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "profile/perf_data.h"

struct event_choice {
    const struct perf_data_event *events; /* borrowed, all of the file */
    size_t event_count;
    bool *is_chosen;                     /* by event */
    const struct perf_data_event *first; /* of the chosen ones */
};

MUST_CHECK bool event_choice_make(struct event_choice *choice, const struct perf_data *data,
                                  const char *asked, struct err *err);
void event_choice_release(struct event_choice *choice);

/* The event's name, or what stands for one; "cycles" for "cycles:u" in event_choice_unit(). */
void event_choice_name(const struct perf_data_event *event, struct strbuf *out);
void event_choice_unit(const struct perf_data_event *event, struct strbuf *out);

#endif
