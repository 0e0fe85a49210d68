/*
 * wake.h - the collector's thread asleep, and who wakes it before its time.
 *
 * It sleeps for a second. A handler wakes it when its ring is half full or copies run short,
 * a thread's end when many slots wait to be free again, and whoever stops or flushes it.
 */
#ifndef LIBPGOCOLLECT_WAKE_H
#define LIBPGOCOLLECT_WAKE_H

#include <stdint.h>

/* While nobody sleeps, and before the first signal can come. */
void wake_open(void);

/* Async-signal-safe; keeps errno. */
void wake_post(void);

/* Until CLOCK_MONOTONIC shows `ns`, or somebody wakes us; wakes from before are one. */
void wake_wait_until(int64_t ns);

#endif
