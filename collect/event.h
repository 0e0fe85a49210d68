/*
 * event.h - the perf event that samples: which one this machine has, and how it is opened.
 *
 * Hardware cycles where every CPU has them, else the software clock cpu-clock (a virtual machine
 * has no PMU; the small cores of a hybrid CPU may not know the event). Of a process only user space
 * is sampled, which is what an unprivileged user may do (perf_event_paranoid 2). Of the whole
 * machine the kernel is sampled as well, so that it can be counted. Source of the interface:
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

struct event_wish {
    uint64_t hz;
    bool call_chains;
    uint32_t stack_bytes; /* copied for each sample, with the registers; 0: not */
    bool is_machine_wide; /* all processes: event_open() with EVENT_ALL_THREADS */
};

struct event {
    const char *name; /* "cycles" or "cpu-clock" */
    struct perf_event_attr attr;
    struct perf_record_layout layout;
};

/*
 * Tries events on each of these CPUs, on ourselves unless machine-wide, and takes the first that
 * opens everywhere. ERR_UNSUPPORTED: perf events are not to be had here, and the hint says what
 * would change that.
 */
MUST_CHECK bool event_find(struct event *event, const struct event_wish *wish, const int *cpus,
                           size_t cpu_count, struct err *err);

#define EVENT_ALL_THREADS (-1)

/* The descriptor, or -1 with errno. tid 0 is the calling thread. */
int event_open(const struct event *event, int tid, int cpu);

/* Explains an errno of event_open() and how to mend it. */
bool event_explain(int code, bool is_machine_wide, struct err *err);

#endif
