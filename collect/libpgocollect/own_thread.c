#include "own_thread.h"

#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#define OWN_COUNT_MAX   4
#define OWN_STACK_BYTES ((size_t)512 * 1024)

static _Atomic pid_t tids[OWN_COUNT_MAX];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static __thread bool is_starting_own;

/* What a new thread of the library's gets; gone once `started` is posted. */
struct own_thread {
    const char *name;
    void *(*run)(void *);
    void *data;
    sem_t started;
};

static void own_thread_done(void *place)
{
    atomic_store((_Atomic pid_t *)place, 0);
}

static void *run_own_thread(void *data)
{
    struct own_thread *own = data, copy = {.run = own->run, .data = own->data};
    void *result = NULL;
    size_t place = 0;
    pid_t none = 0;

    while (!atomic_compare_exchange_strong(&tids[place], &none, gettid())) {
        none = 0;
        place = (place + 1) % OWN_COUNT_MAX;
    }
    pthread_setname_np(pthread_self(), own->name);
    sem_post(&own->started);
    pthread_cleanup_push(own_thread_done, &tids[place]);
    result = copy.run(copy.data);
    pthread_cleanup_pop(1);
    return result;
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

bool own_thread_start(const char *name, void *(*run)(void *), void *data, pthread_t *id)
{
    struct own_thread own = {.name = name, .run = run, .data = data};
    int code;

    sem_init(&own.started, 0, 0);
    pthread_mutex_lock(&lock); /* no scan may find it before it is known */
    is_starting_own = true;
    code = create_blocked(&own, id);
    is_starting_own = false;
    if (code == 0)
        while (sem_wait(&own.started) != 0)
            ; /* a signal of the program's: no failure, although errno says so */
    pthread_mutex_unlock(&lock);
    sem_destroy(&own.started);
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
        if (atomic_load(&tids[i]) == tid)
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
        atomic_store(&tids[i], 0);
    pthread_mutex_init(&lock, NULL);
}
