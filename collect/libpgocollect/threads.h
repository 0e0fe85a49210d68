/*
 * threads.h - a CPU-time timer for each thread of the process.
 *
 * New threads report themselves (interpose.c); those that were there before, or were made in
 * another way, are found in /proc/self/task. The first expiry of a timer is random within one
 * period, and what a thread did after its last expiry is added at its end: so short threads count
 * right, too.
 *
 * The library's own threads (own_thread.h) are not sampled.
 */
#ifndef LIBPGOCOLLECT_THREADS_H
#define LIBPGOCOLLECT_THREADS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "slot.h"

/* From now on new threads get a timer. `period_ns` of CPU time. */
void threads_open(int64_t period_ns);

/* No timer is left, no thread gets one. What is in the rings stays for the collector. */
void threads_close(void);
bool threads_are_open(void);

/*
 * Before a thread is made that will call threads_begin(); true: withdraw it when the thread has
 * done so, or could not be made. Else a scan could count it twice.
 */
bool threads_announce(void);
void threads_withdraw(void);

/* In a new thread, before and after its work; `start_routine`: 0 for a thread that exists already.
 */
void threads_begin(uintptr_t start_routine);
void threads_end(void *slot);

/*
 * Gives a timer to each thread that has none, and ends the slots of those that are gone. By the
 * collector's thread alone, or before it exists. The collector calls the second once a round: it
 * scans when the number of threads has changed, and now and then in any case. True: it did.
 */
void threads_scan(void);
bool threads_scan_if_due(void);

/*
 * Where the system has no timers (seccomp): the collector's thread calls this once a period, reads
 * the threads' CPU clocks, and sends the signals that the timers would have sent.
 */
bool threads_need_ticks(void);
void threads_tick(void);

/* Threads that have SIGPROF blocked and so give no samples, at the last scan. */
unsigned threads_blocked_count(void);

/* The calling thread's slot, NULL if it is not sampled. */
struct slot *threads_own_slot(void);

/* Threads that could not be sampled: there was no slot. */
uint64_t threads_lost_count(void);

/* In a child after a fork: own threads and all slots are gone. */
void threads_reset(void);

#endif
