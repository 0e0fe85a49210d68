/*
 * slot.h - what is kept for each thread that is sampled.
 *
 * Slots lie in a pool that is never unmapped: a signal that comes late finds valid memory, and
 * slot_is_valid() tells a pointer into the pool from anything else. A slot goes
 *
 *     FREE → CLAIMED → LIVE → ENDING → ENDED → FREE
 *                      (timer runs)    (collector drains what is left)
 *
 * and who wins the step LIVE → ENDING deletes the timer. The thread itself writes labels and trace
 * id, its handler the ring and the counts, the collector's thread the rest.
 */
#ifndef LIBPGOCOLLECT_SLOT_H
#define LIBPGOCOLLECT_SLOT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "sample_ring.h"
#include "unwind.h"

#define SLOT_COUNT_MAX  16384 /* threads at a time; others are not sampled, and counted */
#define SLOT_RING_BYTES ((size_t)32 * 1024)

enum slot_state { SLOT_FREE, SLOT_CLAIMED, SLOT_LIVE, SLOT_ENDING, SLOT_ENDED };

struct slot {
    _Atomic int state;
    _Atomic pid_t tid;
    timer_t timer;
    bool has_timer;
    _Atomic bool is_seen;    /* by the scan that is under way */
    uintptr_t start_routine; /* of the thread, 0: not known */
    int64_t first_ns;        /* CPU time of the thread at the first expiry */
    int64_t period_ns;
    uint64_t ticked_weight;  /* without a timer: sent so far, by threads_tick() */
    bool is_blocked;         /* SIGPROF was, when the collector last looked */
    struct sample_ring ring; /* its memory stays with the slot */

    /* The handler's. */
    const void *own_memory;    /* a place in the thread's own memory; NULL: no signal yet */
    _Atomic int handler_count; /* that look at this slot: it cannot be another thread's yet */
    _Atomic uint64_t weight;   /* delivered so far, the carried one included */
    uint64_t end_due;          /* all that was due at the thread's end */
    uint64_t carried_weight;   /* found no room in the ring: added to the next record */
    _Atomic uint64_t signal_count, full_count, handler_ns;
    struct unwind_thread thread; /* its stack is 0, 0 if not known */

    /* The thread's. */
    _Atomic uint32_t label_set;
    _Atomic bool has_trace;
    uint8_t trace_id[16];
};

/* False when there is no memory for it. Once is enough. */
bool slot_pool_open(void);

struct slot *slot_claim(pid_t tid); /* NULL: none left */
void slot_release(struct slot *slot);

/*
 * What was due at the thread's end and is in no record. ENDED, and no handler looks at the slot:
 * one that does may still be about to take some of it.
 */
uint64_t slot_end_weight(const struct slot *slot);

/* May be anything that came with a signal. */
bool slot_is_valid(const void *pointer);

/* Slots ever used are 0 ... count - 1. */
size_t slot_count(void);
struct slot *slot_at(size_t index);

/* After a fork, in the child: all are free. */
void slot_pool_reset(void);

#endif
