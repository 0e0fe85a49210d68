/*
 * push.h - one thread, "pgo-push", that sends each interval's profile to a server.
 *
 * A profile that could not be sent waits, with at most 7 others or 16 MiB, for the next interval;
 * the oldest is dropped when there are more. An interval without a sample is not sent. Nothing of
 * the program waits for it, but the end, for what is left: at most two seconds.
 */
#ifndef LIBPGOCOLLECT_PUSH_H
#define LIBPGOCOLLECT_PUSH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct push;

/* The collector runs. NULL: ERR_USAGE (the URL), ERR_IO. */
MUST_CHECK struct push *push_start(const char *url, uint64_t interval_s, uint64_t hz,
                                   struct err *err);

struct push_stats {
    uint64_t sent_count, failed_count /* attempts */, dropped_count /* profiles */;
};
struct push_stats push_read_stats(const struct push *push);

/* Before the collector stops: sends what is left. NULL is fine. */
void push_stop(struct push *push);

#endif
