#include "own_thread.h"

#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/clock.h"

#define OWN_COUNT_MAX   8
#define OWN_STACK_BYTES ((size_t)512 * 1024)

/*
 * A place for a thread of the library's. What starts it gives up after START_SECONDS: in the child
 * of a fork a new thread may wait for ever for a lock of the allocator's, whose owner is not there.
 * Should it come later, it finds ABANDONED and goes.
 */
enum own_state { OWN_FREE, OWN_STARTING, OWN_STARTED, OWN_ABANDONED };
#define START_SECONDS 5

static struct own_thread {
    _Atomic int state;
    _Atomic pid_t tid;
    const char *name;
    void *(*run)(void *);
    void *data;
    sem_t started;
} threads[OWN_COUNT_MAX];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static __thread bool is_starting_own;

static bool change_state(struct own_thread *own, int from, int to)
{
    return atomic_compare_exchange_strong(&own->state, &from, to);
}

static void end_own_thread(void *own)
{
    atomic_store(&((struct own_thread *)own)->tid, 0);
    atomic_store(&((struct own_thread *)own)->state, OWN_FREE);
}

static void begin_own_thread(struct own_thread *own)
{
    atomic_store(&own->tid, gettid());
    pthread_setname_np(pthread_self(), own->name);
    if (!change_state(own, OWN_STARTING, OWN_STARTED))
        return;
    sem_post(&own->started);
    own->run(own->data);
}

static void *run_own_thread(void *own)
{
    pthread_cleanup_push(end_own_thread, own);
    begin_own_thread(own);
    pthread_cleanup_pop(1);
    return NULL;
}

static int create_blocked(struct own_thread *own, pthread_t *id)
{
    sigset_t all, before;
    pthread_attr_t attr;
    int code;

    sigfillset(&all);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, OWN_STACK_BYTES);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    code = pthread_create(id, &attr, run_own_thread, own);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    return code;
}

static struct own_thread *claim(void)
{
    for (size_t i = 0; i < OWN_COUNT_MAX; i++)
        if (change_state(&threads[i], OWN_FREE, OWN_STARTING))
            return &threads[i];
    return NULL;
}

/* A signal of the program's is no failure, although errno says so. */
static bool wait_for_start(struct own_thread *own)
{
    struct timespec deadline = clock_timespec(clock_steady_ns() + START_SECONDS * CLOCK_NS_PER_S);

    while (sem_clockwait(&own->started, CLOCK_MONOTONIC, &deadline) != 0)
        if (errno != EINTR)
            return !change_state(own, OWN_STARTING, OWN_ABANDONED);
    return true;
}

/* No scan may find the thread before it is known: under the lock. */
static int start(struct own_thread *own, pthread_t *id)
{
    int code;

    sem_init(&own->started, 0, 0);
    is_starting_own = true;
    code = create_blocked(own, id);
    is_starting_own = false;
    if (code != 0) {
        atomic_store(&own->state, OWN_FREE);
    } else if (!wait_for_start(own)) {
        pthread_detach(*id);
        code = ETIMEDOUT;
    }
    return code;
}

bool own_thread_start(const char *name, void *(*run)(void *), void *data, pthread_t *id)
{
    struct own_thread *own;
    int code = EAGAIN;

    pthread_mutex_lock(&lock);
    own = claim();
    if (own) {
        own->name = name;
        own->run = run;
        own->data = data;
        code = start(own, id);
    }
    pthread_mutex_unlock(&lock);
    errno = code;
    return code == 0;
}

bool own_thread_is_starting(void)
{
    return is_starting_own;
}

bool own_thread_is(pid_t tid)
{
    for (size_t i = 0; i < OWN_COUNT_MAX; i++)
        if (atomic_load(&threads[i].tid) == tid)
            return true;
    return false;
}

void own_thread_lock(void)
{
    pthread_mutex_lock(&lock);
}

void own_thread_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

void own_thread_reset(void)
{
    for (size_t i = 0; i < OWN_COUNT_MAX; i++)
        end_own_thread(&threads[i]);
    pthread_mutex_init(&lock, NULL);
}
