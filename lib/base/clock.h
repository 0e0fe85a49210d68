/*
 * clock.h - the system's clocks, in nanoseconds. Async-signal-safe; errno may change.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_NS_PER_S INT64_C(1000000000)

/* 0: there is no such clock, as that of a thread that has ended. */
int64_t clock_read_ns(clockid_t clock);

/* CLOCK_MONOTONIC: for durations and deadlines. */
int64_t clock_steady_ns(void);

struct timespec clock_timespec(int64_t ns);

#endif
