#include "wake.h"

#include <errno.h>
#include <semaphore.h>

#include "base/clock.h"

static sem_t wakes;

void wake_open(void)
{
    sem_init(&wakes, 0, 0);
}

void wake_post(void)
{
    int saved_errno = errno;

    sem_post(&wakes);
    errno = saved_errno;
}

void wake_wait_until(int64_t ns)
{
    struct timespec deadline = clock_timespec(ns);

    while (sem_clockwait(&wakes, CLOCK_MONOTONIC, &deadline) != 0 && errno == EINTR)
        ;
    while (sem_trywait(&wakes) == 0)
        ;
}
