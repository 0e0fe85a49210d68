/*
 * event.h - the perf event that samples: which one this machine has, and how it is opened.
 *
 * Hardware cycles where every CPU has them, else the software clock cpu-clock (a virtual machine
 * has no PMU; the small cores of a hybrid CPU may not know the event). Only user space is sampled,
 * which is what an unprivileged user may do (perf_event_paranoid 2). Source of the interface:
 * perf_event_open(2), linux/perf_event.h.
 */
#ifndef COLLECT_EVENT_H
#define COLLECT_EVENT_H

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "profile/perf_record.h"

struct event {
    const char *name; /* "cycles" or "cpu-clock" */
    struct perf_event_attr attr;
    struct perf_record_layout layout;
};

/* Tries events on ourselves, on each of these CPUs, and takes the first that opens everywhere. */
MUST_CHECK bool event_find(struct event *event, uint64_t hz, bool call_chains, const int *cpus,
                           size_t cpu_count, struct err *err);

/* The descriptor, or -1 with errno. tid 0 is the calling thread. */
int event_open(const struct event *event, int tid, int cpu);

/* Explains an errno of event_open() and how to mend it. */
bool event_explain(int code, struct err *err);

#endif
