/*
 * shielded_lock.h - a lock that threads of the program may have for a moment.
 *
 * Meanwhile the thread takes no signal and cannot be cancelled: a handler that jumps away, or a
 * cancellation, would keep the lock for ever. Not recursive. SHIELDED_LOCK_INIT starts one, also
 * in the child of a fork, where its owner may be gone.
 */
#ifndef LIBPGOCOLLECT_SHIELDED_LOCK_H
#define LIBPGOCOLLECT_SHIELDED_LOCK_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <time.h>

struct shielded_lock {
    pthread_mutex_t mutex;
    sigset_t mask; /* the owner's, before */
    int cancel_state;
};

#define SHIELDED_LOCK_INIT                                                                         \
    (struct shielded_lock)                                                                         \
    {                                                                                              \
        .mutex = PTHREAD_MUTEX_INITIALIZER                                                         \
    }

void shielded_lock_take(struct shielded_lock *lock);

/* False: somebody else had it until then (CLOCK_MONOTONIC). */
bool shielded_lock_take_until(struct shielded_lock *lock, struct timespec deadline);

void shielded_lock_give(struct shielded_lock *lock);

#endif
