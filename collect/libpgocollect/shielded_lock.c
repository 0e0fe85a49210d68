#include "shielded_lock.h"

static void shield(sigset_t *mask, int *cancel_state)
{
    sigset_t all;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, mask);
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, cancel_state);
}

static void unshield(const sigset_t *mask, int cancel_state)
{
    pthread_setcancelstate(cancel_state, NULL);
    pthread_sigmask(SIG_SETMASK, mask, NULL);
}

static bool take(struct shielded_lock *lock, const struct timespec *deadline)
{
    int cancel_state, code;
    sigset_t mask;

    shield(&mask, &cancel_state);
    code = deadline ? pthread_mutex_clocklock(&lock->mutex, CLOCK_MONOTONIC, deadline)
                    : pthread_mutex_lock(&lock->mutex);
    if (code != 0) {
        unshield(&mask, cancel_state);
        return false;
    }
    lock->mask = mask;
    lock->cancel_state = cancel_state;
    return true;
}

void shielded_lock_take(struct shielded_lock *lock)
{
    take(lock, NULL);
}

bool shielded_lock_take_until(struct shielded_lock *lock, struct timespec deadline)
{
    return take(lock, &deadline);
}

void shielded_lock_give(struct shielded_lock *lock)
{
    sigset_t mask = lock->mask;
    int cancel_state = lock->cancel_state;

    pthread_mutex_unlock(&lock->mutex);
    unshield(&mask, cancel_state);
}
