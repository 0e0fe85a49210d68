#include "threads.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/number.h"
#include "handler.h"
#include "own_thread.h"
#include "wake.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

#define BLOCKED_WEIGHT 10 /* samples that may be late: the kernel's tick, a thread that waits */
#define SCAN_MAX_NS    (10 * CLOCK_NS_PER_S)
#define ENDED_AT_ONCE  64 /* slots: with so many the collector is to come before its time */
#define TASK_FOLDER    "/proc/self/task"

static _Atomic int64_t period_ns; /* 0: closed */
static _Atomic uint64_t lost_count;
static _Atomic bool need_ticks;
static _Atomic unsigned blocked_count;
static _Atomic unsigned ended_count;
static struct {
    uint64_t task_count; /* the folder's links at the last scan; 0: scan again soon */
    int64_t interval_ns, next_ns;
} scan; /* the collector's thread's */
static pthread_key_t end_key;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static bool has_key;
static _Atomic int announced_count; /* threads that are about to begin */
static __thread struct slot *own_slot;

/* The CPU clock of any thread: the kernel's MAKE_THREAD_CPUCLOCK(tid, CPUCLOCK_SCHED). */
static clockid_t clock_of(pid_t tid)
{
    return (clockid_t)((~(unsigned)tid << 3) | 6);
}

/* In (0, limit]; splitmix64 over a counter and the clock is random enough to start a timer. */
static int64_t random_up_to(int64_t limit)
{
    static _Atomic uint64_t state;
    uint64_t x =
        atomic_fetch_add(&state, UINT64_C(0x9e3779b97f4a7c15)) + (uint64_t)clock_steady_ns();

    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return 1 + (int64_t)((x ^ (x >> 31)) % (uint64_t)limit);
}

/* False: the thread has ended. There may be no timers (seccomp, RLIMIT_SIGPENDING): then ticks. */
static bool create_timer(struct slot *slot)
{
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGPROF};

    event.sigev_notify_thread_id = slot->tid;
    event.sigev_value.sival_ptr = slot;
    slot->has_timer = timer_create(clock_of(slot->tid), &event, &slot->timer) == 0;
    if (slot->has_timer)
        return true;
    if (errno == EINVAL && !clock_read_ns(clock_of(slot->tid)))
        return false;
    atomic_store(&need_ticks, true);
    return true;
}

static bool start_timer(struct slot *slot)
{
    int64_t period = atomic_load(&period_ns), first_ns;
    struct itimerspec times = {0};

    if (!period || !create_timer(slot))
        return false;
    slot->period_ns = period;
    first_ns = random_up_to(period);
    slot->first_ns = clock_read_ns(clock_of(slot->tid)) + first_ns;
    times.it_value = clock_timespec(first_ns);
    times.it_interval = clock_timespec(period);
    atomic_store(&slot->state, SLOT_LIVE); /* before the first signal can come */
    if (slot->has_timer)
        timer_settime(slot->timer, 0, &times, NULL);
    return true;
}

/* Expiries of the timer that were due at this CPU time of the thread. */
static uint64_t due_weight(const struct slot *slot, int64_t cpu_ns)
{
    int64_t period = slot->period_ns;

    return cpu_ns < slot->first_ns ? 0 : 1 + (uint64_t)((cpu_ns - slot->first_ns) / period);
}

/*
 * Its timer is deleted, and what is on its way from it is ignored by the handler: due and not
 * delivered is then what the kernel, which looks only at its tick, had not yet noticed.
 */
static void end_slot(struct slot *slot)
{
    int expected = SLOT_LIVE;

    if (!atomic_compare_exchange_strong(&slot->state, &expected, SLOT_ENDING))
        return;
    if (slot->has_timer)
        timer_delete(slot->timer);
    slot->end_due = due_weight(slot, clock_read_ns(clock_of(slot->tid))); /* 0: it is gone */
    atomic_store(&slot->state, SLOT_ENDED);
}

static struct slot *begin_slot(pid_t tid, uintptr_t start_routine, struct unwind_stack stack)
{
    struct slot *slot = slot_claim(tid);

    if (!slot) {
        atomic_fetch_add(&lost_count, 1);
        return NULL;
    }
    slot->start_routine = start_routine;
    slot->thread.stack = stack;
    slot->is_seen = true;
    if (start_timer(slot))
        return slot;
    slot_release(slot);
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
    if (!threads_are_open() || own_thread_is_starting())
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

void threads_end(void *data)
{
    struct slot *slot = data;

    own_slot = NULL;
    if (slot->tid != gettid()) /* profiling was stopped meanwhile */
        return;
    end_slot(slot);
    if (atomic_fetch_add(&ended_count, 1) % ENDED_AT_ONCE == ENDED_AT_ONCE - 1)
        wake_post();
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
    atomic_store(&need_ticks, false);
    atomic_store(&blocked_count, 0);
    scan.interval_ns = CLOCK_NS_PER_S / 2;
    scan.next_ns = 0;
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
        end_slot(slot_at(i));
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
    if (!all_have_begun)
        scan.task_count = 0;
    else if (!own_thread_is(tid))
        begin_slot(tid, 0, (struct unwind_stack){0});
}

static void end_unseen(void)
{
    for (size_t i = 0; i < slot_count(); i++)
        if (!slot_at(i)->is_seen)
            end_slot(slot_at(i));
}

static void unsee_all(void)
{
    for (size_t i = 0; i < slot_count(); i++)
        if (atomic_load(&slot_at(i)->state) == SLOT_LIVE)
            slot_at(i)->is_seen = false;
}

/* proc(5), status: "SigBlk:" and the mask in hexadecimal, signal 1 the lowest bit. */
static bool reads_as_blocked(const char *status)
{
    static const char key[] = "\nSigBlk:\t";
    const char *line = strstr(status, key);
    uint64_t mask = line ? strtoull(line + strlen(key), NULL, 16) : 0;

    return mask >> (SIGPROF - 1) & 1;
}

static bool has_signal_blocked(pid_t tid)
{
    char path[64], status[4096];
    ssize_t len;
    int fd;

    snprintf(path, sizeof(path), "/proc/self/task/%d/status", (int)tid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    len = read(fd, status, sizeof(status) - 1);
    close(fd);
    status[len > 0 ? len : 0] = '\0';
    return reads_as_blocked(status);
}

/* A thread that has used CPU time for several samples and gave none: is the signal blocked? */
static void check_blocked(void)
{
    unsigned count = 0;

    for (size_t i = 0; i < slot_count(); i++) {
        struct slot *slot = slot_at(i);

        if (atomic_load(&slot->state) != SLOT_LIVE)
            continue;
        slot->is_blocked =
            due_weight(slot, clock_read_ns(clock_of(slot->tid))) > slot->weight + BLOCKED_WEIGHT &&
            has_signal_blocked(slot->tid);
        count += slot->is_blocked;
    }
    atomic_store(&blocked_count, count);
}

static void scan_folder(DIR *folder)
{
    struct dirent *entry;
    uint64_t tid;

    unsee_all();
    while ((entry = readdir(folder)))
        if (number_parse_u64(entry->d_name, &tid))
            see_thread((pid_t)tid);
    end_unseen();
}

/* Without a look at each: the folder has two links, and one for each thread. */
static uint64_t count_tasks(void)
{
    struct stat status;

    return stat(TASK_FOLDER, &status) == 0 ? status.st_nlink : 0;
}

void threads_scan(void)
{
    DIR *folder = opendir(TASK_FOLDER);

    scan.task_count = count_tasks();
    if (!folder)
        return;
    own_thread_lock();
    scan_folder(folder);
    own_thread_unlock();
    closedir(folder);
    check_blocked();
}

/* A thread that went while another came does not change the number: hence the interval. */
bool threads_scan_if_due(void)
{
    int64_t now = clock_steady_ns();

    if (now < scan.next_ns && count_tasks() == scan.task_count)
        return false;
    threads_scan();
    if (scan.interval_ns < SCAN_MAX_NS)
        scan.interval_ns *= 2;
    scan.next_ns = now + scan.interval_ns;
    return true;
}

unsigned threads_blocked_count(void)
{
    return atomic_load(&blocked_count);
}

bool threads_need_ticks(void)
{
    return atomic_load(&need_ticks);
}

/* As the timer would: a process may send itself any code that is no kernel's own. */
static void send_signal(struct slot *slot, uint64_t weight)
{
    siginfo_t info = {.si_signo = SIGPROF, .si_code = SI_TIMER};

    info.si_overrun = (int)(weight - 1);
    info.si_value.sival_ptr = slot;
    if (syscall(SYS_rt_tgsigqueueinfo, getpid(), slot->tid, SIGPROF, &info) == 0)
        slot->ticked_weight += weight;
}

void threads_tick(void)
{
    for (size_t i = 0; i < slot_count(); i++) {
        struct slot *slot = slot_at(i);
        uint64_t due;

        if (atomic_load(&slot->state) != SLOT_LIVE || slot->has_timer)
            continue;
        due = due_weight(slot, clock_read_ns(clock_of(slot->tid)));
        if (due > slot->ticked_weight && slot->ticked_weight == slot->weight)
            send_signal(slot, due - slot->ticked_weight);
    }
}

uint64_t threads_lost_count(void)
{
    return atomic_load(&lost_count);
}

void threads_reset(void)
{
    own_thread_reset();
    atomic_store(&announced_count, 0);
    atomic_store(&lost_count, 0);
    own_slot = NULL;
    slot_pool_reset();
}
