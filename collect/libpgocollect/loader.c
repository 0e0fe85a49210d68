#include "loader.h"

#include <errno.h>
#include <link.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stddef.h>

#include "base/clock.h"
#include "own_thread.h"

#define WAIT_NS (CLOCK_NS_PER_S / 5)

enum { LOADER_FREE, LOADER_DOUBTED, LOADER_ASKED };
static _Atomic int state;
static sem_t answered;

static int stop_at_first(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)info, (void)size, (void)data;
    return 1;
}

static void *ask(void *unused)
{
    dl_iterate_phdr(stop_at_first, NULL);
    atomic_store(&state, LOADER_FREE);
    sem_post(&answered);
    return unused;
}

void loader_doubt(void)
{
    atomic_store(&state, LOADER_DOUBTED);
}

static void find_out(void)
{
    struct timespec deadline;
    pthread_t thread;

    sem_init(&answered, 0, 0);
    if (!own_thread_start("pgo-loader", ask, NULL, &thread))
        return;
    pthread_detach(thread);
    deadline = clock_timespec(clock_steady_ns() + WAIT_NS);
    while (sem_clockwait(&answered, CLOCK_MONOTONIC, &deadline) != 0 && errno == EINTR)
        ;
}

bool loader_is_free(void)
{
    int doubted = LOADER_DOUBTED;

    if (atomic_compare_exchange_strong(&state, &doubted, LOADER_ASKED))
        find_out();
    return atomic_load(&state) == LOADER_FREE;
}
