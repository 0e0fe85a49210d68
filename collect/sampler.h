/*
 * sampler.h - samples of threads and all their descendants, or of the whole machine, as one stream
 * of records.
 *
 * Life cycle: sampler_open() (finds the event and the CPUs), sampler_add() for each thread or
 * sampler_add_all(), then rounds: sampler_read() and sampler_next() until false; sampler_stop() and
 * a last round; sampler_close().
 *
 * An event that its children inherit can be mapped only if it is bound to a CPU. So each thread
 * gets one event on each CPU, and all events of a CPU share one ring. The first sampler_add()
 * raises this process's soft limit of descriptors to the hard one: start a command before.
 */
#ifndef COLLECT_SAMPLER_H
#define COLLECT_SAMPLER_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "event.h"
#include "profile/perf_record.h"
#include "queue.h"
#include "ring.h"

struct sampler {
    struct event event;
    int *cpus; /* the numbers of those that are online */
    size_t cpu_count;
    struct ring *rings; /* one for each CPU; those without an event have none */
    int *ring_fds;      /* the event that each ring belongs to, or -1 */
    int *fds;           /* all events */
    size_t fd_count, fd_capacity;
    struct queue queue;
    uint64_t damaged; /* records that could not be decoded: a kernel newer than we know */
};

/* ERR_UNSUPPORTED: no perf events here. */
MUST_CHECK bool sampler_open(struct sampler *sampler, const struct event_wish *wish,
                             struct err *err);
void sampler_close(struct sampler *sampler);

/* When the sampling of a thread starts. */
enum sampler_start {
    SAMPLER_NOW,
    SAMPLER_AT_EXEC,
};

/* Success with *vanished set when there is no such thread any more. */
MUST_CHECK bool sampler_add(struct sampler *sampler, int tid, enum sampler_start start,
                            bool *vanished, struct err *err);

/* All threads of the machine, from now on: for an event that was wished machine-wide. */
MUST_CHECK bool sampler_add_all(struct sampler *sampler, struct err *err);

/* One entry for each CPU, to be polled; a ring whose threads have all ended asks for nothing. */
void sampler_poll_fds(const struct sampler *sampler, struct pollfd *fds);

void sampler_stop(struct sampler *sampler); /* no more samples; what is in the rings stays */
void sampler_read(struct sampler *sampler, bool last);

/* Records in the order of time; false at the end of the round. */
bool sampler_next(struct sampler *sampler, struct perf_record *record);

#endif
