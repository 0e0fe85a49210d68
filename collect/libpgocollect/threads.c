#include "threads.h"

#include <dirent.h>
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"
#include "handler.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

#define NS_PER_S        INT64_C(1000000000)
#define OWN_COUNT_MAX   4
#define OWN_STACK_BYTES ((size_t)512 * 1024)

static _Atomic int64_t period_ns; /* 0: closed */
static _Atomic uint64_t lost_count;
static _Atomic int lost_errno;
static _Atomic pid_t own_tids[OWN_COUNT_MAX];
static pthread_mutex_t own_lock = PTHREAD_MUTEX_INITIALIZER; /* a thread is starting */
static pthread_key_t end_key;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static bool has_key;
static _Atomic int announced_count; /* threads that are about to begin */
static __thread struct slot *own_slot;
static __thread bool is_starting_own;

/* The CPU clock of any thread: the kernel's MAKE_THREAD_CPUCLOCK(tid, CPUCLOCK_SCHED). */
static clockid_t clock_of(pid_t tid)
{
    return (clockid_t)((~(unsigned)tid << 3) | 6);
}

static int64_t read_clock_ns(clockid_t clock)
{
    struct timespec now;

    return clock_gettime(clock, &now) == 0 ? (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec : 0;
}

static struct timespec as_timespec(int64_t ns)
{
    return (struct timespec){.tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S};
}

/* In (0, limit]; splitmix64 over a counter and the clock is random enough to start a timer. */
static int64_t random_up_to(int64_t limit)
{
    static _Atomic uint64_t state;
    uint64_t x = atomic_fetch_add(&state, UINT64_C(0x9e3779b97f4a7c15)) +
                 (uint64_t)read_clock_ns(CLOCK_MONOTONIC);

    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return 1 + (int64_t)((x ^ (x >> 31)) % (uint64_t)limit);
}

static bool start_timer(struct slot *slot)
{
    int64_t period = atomic_load(&period_ns), first_ns;
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGPROF};
    struct itimerspec times = {0};

    if (!period)
        return false;
    event.sigev_notify_thread_id = slot->tid;
    event.sigev_value.sival_ptr = slot;
    if (timer_create(clock_of(slot->tid), &event, &slot->timer) != 0) {
        atomic_store(&lost_errno, errno);
        return false;
    }
    slot->has_timer = true;
    first_ns = random_up_to(period);
    slot->first_ns = read_clock_ns(clock_of(slot->tid)) + first_ns;
    times.it_value = as_timespec(first_ns);
    times.it_interval = as_timespec(period);
    atomic_store(&slot->state, SLOT_LIVE); /* before the first signal can come */
    timer_settime(slot->timer, 0, &times, NULL);
    return true;
}

/* True for the one who ended it. */
static bool end_slot(struct slot *slot)
{
    int expected = SLOT_LIVE;

    if (!atomic_compare_exchange_strong(&slot->state, &expected, SLOT_ENDING))
        return false;
    if (slot->has_timer)
        timer_delete(slot->timer);
    return true;
}

static struct slot *begin_slot(pid_t tid, uintptr_t start_routine, struct unwind_stack stack)
{
    struct slot *slot = slot_claim(tid);

    if (slot) {
        slot->start_routine = start_routine;
        slot->stack = stack;
        slot->is_seen = true;
        if (start_timer(slot))
            return slot;
        slot_release(slot);
    }
    atomic_fetch_add(&lost_count, 1);
    return NULL;
}

static struct unwind_stack find_own_stack(void)
{
    struct unwind_stack stack = {0};
    pthread_attr_t attr;
    size_t bytes;
    void *low;

    if (pthread_getattr_np(pthread_self(), &attr) != 0)
        return stack;
    if (pthread_attr_getstack(&attr, &low, &bytes) == 0)
        stack = (struct unwind_stack){(uintptr_t)low, (uintptr_t)low + bytes};
    pthread_attr_destroy(&attr);
    return stack;
}

bool threads_announce(void)
{
    if (!threads_are_open() || is_starting_own)
        return false;
    atomic_fetch_add(&announced_count, 1);
    return true;
}

void threads_withdraw(void)
{
    atomic_fetch_sub(&announced_count, 1);
}

static void make_key(void)
{
    has_key = pthread_key_create(&end_key, threads_end) == 0;
}

void threads_begin(uintptr_t start_routine)
{
    struct slot *slot;

    pthread_once(&key_once, make_key);
    slot = begin_slot(gettid(), start_routine, find_own_stack());
    own_slot = slot;
    if (slot && start_routine && has_key)
        pthread_setspecific(end_key, slot);
}

/* Expiries that were due by now and did not come, since the kernel looks only at its tick. */
static uint64_t missing_weight(const struct slot *slot)
{
    int64_t over_ns = read_clock_ns(CLOCK_THREAD_CPUTIME_ID) - slot->first_ns;
    int64_t period = atomic_load(&period_ns);
    uint64_t due = over_ns < 0 || !period ? 0 : 1 + (uint64_t)(over_ns / period);

    return due > slot->weight ? due - slot->weight : 0;
}

void threads_end(void *data)
{
    struct slot *slot = data;
    uint64_t weight;

    own_slot = NULL;
    if (slot->tid != gettid() || !end_slot(slot)) /* profiling was stopped meanwhile */
        return;
    weight = missing_weight(slot);
    if (weight)
        handler_add_remainder(slot, weight);
    atomic_store(&slot->state, SLOT_ENDED);
}

struct slot *threads_own_slot(void)
{
    pid_t tid = gettid();

    if (own_slot && own_slot->tid == tid && atomic_load(&own_slot->state) == SLOT_LIVE)
        return own_slot;
    own_slot = NULL;
    for (size_t i = 0; i < slot_count(); i++)
        if (slot_at(i)->tid == tid && atomic_load(&slot_at(i)->state) == SLOT_LIVE)
            own_slot = slot_at(i);
    return own_slot;
}

void threads_open(int64_t period)
{
    atomic_store(&lost_errno, 0);
    atomic_store(&period_ns, period);
}

bool threads_are_open(void)
{
    return atomic_load(&period_ns) != 0;
}

void threads_close(void)
{
    atomic_store(&period_ns, 0);
    for (size_t i = 0; i < slot_count(); i++)
        if (end_slot(slot_at(i)))
            atomic_store(&slot_at(i)->state, SLOT_ENDED);
}

static bool is_own(pid_t tid)
{
    for (size_t i = 0; i < OWN_COUNT_MAX; i++)
        if (atomic_load(&own_tids[i]) == tid)
            return true;
    return false;
}

/*
 * A thread in the folder that has no slot and is not announced will never begin by itself. In this
 * order: once nobody is announced, whoever was has claimed a slot.
 */
static void see_thread(pid_t tid)
{
    bool all_have_begun = atomic_load(&announced_count) == 0;

    for (size_t i = 0; i < slot_count(); i++) {
        struct slot *slot = slot_at(i);

        if (slot->tid == tid && atomic_load(&slot->state) != SLOT_FREE) {
            slot->is_seen = true;
            return;
        }
    }
    if (all_have_begun && !is_own(tid))
        begin_slot(tid, 0, (struct unwind_stack){0});
}

static void end_unseen(void)
{
    for (size_t i = 0; i < slot_count(); i++)
        if (!slot_at(i)->is_seen && end_slot(slot_at(i)))
            atomic_store(&slot_at(i)->state, SLOT_ENDED);
}

static void unsee_all(void)
{
    for (size_t i = 0; i < slot_count(); i++)
        if (atomic_load(&slot_at(i)->state) == SLOT_LIVE)
            slot_at(i)->is_seen = false;
}

void threads_scan(void)
{
    DIR *folder = opendir("/proc/self/task");
    struct dirent *entry;
    uint64_t tid;

    if (!folder)
        return;
    pthread_mutex_lock(&own_lock);
    unsee_all();
    while ((entry = readdir(folder)))
        if (number_parse_u64(entry->d_name, &tid))
            see_thread((pid_t)tid);
    end_unseen();
    pthread_mutex_unlock(&own_lock);
    closedir(folder);
}

uint64_t threads_lost_count(void)
{
    return atomic_load(&lost_count);
}

int threads_lost_errno(void)
{
    return atomic_load(&lost_errno);
}

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

    while (!atomic_compare_exchange_strong(&own_tids[place], &none, gettid())) {
        none = 0;
        place = (place + 1) % OWN_COUNT_MAX;
    }
    pthread_setname_np(pthread_self(), own->name);
    sem_post(&own->started);
    pthread_cleanup_push(own_thread_done, &own_tids[place]);
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

bool threads_start_own(const char *name, void *(*run)(void *), void *data, pthread_t *id)
{
    struct own_thread own = {.name = name, .run = run, .data = data};

    sem_init(&own.started, 0, 0);
    pthread_mutex_lock(&own_lock); /* no scan may find it before it is known */
    is_starting_own = true;
    errno = create_blocked(&own, id);
    is_starting_own = false;
    if (errno == 0)
        while (sem_wait(&own.started) != 0)
            ;
    pthread_mutex_unlock(&own_lock);
    sem_destroy(&own.started);
    return errno == 0;
}

void threads_reset(void)
{
    for (size_t i = 0; i < OWN_COUNT_MAX; i++)
        atomic_store(&own_tids[i], 0);
    pthread_mutex_init(&own_lock, NULL);
    atomic_store(&announced_count, 0);
    atomic_store(&lost_count, 0);
    own_slot = NULL;
    slot_pool_reset();
}
