/*
 * collector.h - the thread that takes samples out of the rings, and the windows it puts them into.
 *
 * Started once at a time: timers, handler, thread; collector_stop() ends them. Readers on any
 * thread take the samples between two points in time:
 *
 *     window = collector_open_window(&err);
 *     ... time passes ...
 *     collector_close_window(window, &pprof, &err);       NULL for pprof: drop it
 *
 * Nothing here is for a signal handler, but collector_flush().
 */
#ifndef LIBPGOCOLLECT_COLLECTOR_H
#define LIBPGOCOLLECT_COLLECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "settings.h"

struct window;

/* Since the start; weights in periods of CPU time. */
struct collector_stats {
    uint64_t signal_count;         /* handler runs */
    uint64_t handler_ns, drain_ns; /* of CPU time */
    uint64_t sample_weight;        /* arrived in the collector */
    uint64_t broken_weight;        /* of these: the stack ends before the outermost frame */
    uint64_t limit_weight;         /* more frames than are kept */
    uint64_t lost_weight;          /* out of memory */
    uint64_t ring_full_count; /* records that found no room: the next one carries their weight */
    uint64_t lost_threads;    /* without a timer */
    uint64_t thread_count;    /* sampled now */
    uint64_t out_of_memory_count;
};

/* Takes over the settings on success, as they are. */
MUST_CHECK bool collector_start(struct settings *settings, struct err *err);
void collector_stop(void); /* with the folder's last file; fine if not running */
bool collector_is_running(void);

/* While running. Borrowed until the stop. */
const struct settings *collector_settings(void);
struct collector_stats collector_read_stats(void);

struct window *collector_open_window(struct err *err);

/* Appends a gzipped pprof, if asked; the window is gone in any case. ERR_LIMIT: out of memory. */
MUST_CHECK bool collector_close_window(struct window *window, struct strbuf *pprof,
                                       uint64_t *weight, struct err *err);

/*
 * Around a fork. The child starts afresh: its own thread and timers, no samples of the parent's,
 * and the windows of the parent's are not valid there. What collector_before_fork() returned goes
 * to the others.
 */
bool collector_before_fork(void);
void collector_after_fork_in_parent(bool is_locked);
void collector_after_fork_in_child(bool is_locked);

/*
 * Around dlclose(): samples of the code that goes are put to it before, and no walk goes by its
 * rows after. Each waits for 200 ms at most.
 */
void collector_before_unload(void);
void collector_after_unload(void);

/* Before the process ends: the folder's last file, in at most two seconds. Async-signal-safe. */
void collector_flush(void);

#endif
