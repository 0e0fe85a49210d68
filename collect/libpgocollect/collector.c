#include "collector.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/talk.h"
#include "drain.h"
#include "folder.h"
#include "handler.h"
#include "loader.h"
#include "own_thread.h"
#include "report.h"
#include "shielded_lock.h"
#include "survive.h"
#include "threads.h"
#include "wake.h"
#include "window.h"

#define DRAIN_NS       CLOCK_NS_PER_S /* at the latest: a ring that fills up wakes the thread */
#define FLUSH_SECONDS  2
#define FORK_WAIT_NS   (CLOCK_NS_PER_S / 2) /* for a drain; then the child starts from nothing */
#define UNLOAD_WAIT_NS (CLOCK_NS_PER_S / 5)

/* The one collector of the process. What is not marked is under the lock. */
static struct collector {
    struct shielded_lock lock;
    struct settings settings;
    struct window *windows;
    struct folder *folder; /* the thread's, NULL: none */
    pthread_t thread;
    bool has_said_ticks, has_said_blocked; /* the thread's */
    _Atomic bool has_said_taken;
    _Atomic int64_t period_ns;
    sem_t flushed; /* any thread's */
    _Atomic bool is_running, is_stopping, wants_flush;
    _Atomic pid_t pid;
} self = {.lock = {.mutex = PTHREAD_MUTEX_INITIALIZER}};

bool collector_is_running(void)
{
    return atomic_load(&self.is_running);
}

const struct settings *collector_settings(void)
{
    return &self.settings;
}

static bool lock_until(int64_t ns)
{
    return shielded_lock_take_until(&self.lock, clock_timespec(ns));
}

struct collector_stats collector_read_stats(void)
{
    struct collector_stats stats;

    shielded_lock_take(&self.lock);
    stats = drain_read_stats();
    shielded_lock_give(&self.lock);
    stats.lost_threads = threads_lost_count();
    stats.out_of_memory_count = survive_count();
    return stats;
}

static void make_window(void *window)
{
    *(struct window **)window = window_new(WINDOW_BYTES_MAX, atomic_load(&self.period_ns));
}

struct window *collector_open_window(struct err *err)
{
    struct window *window = NULL;

    if (!collector_is_running()) {
        err_set(err, ERR_USAGE, "the profiler is not running");
        return NULL;
    }
    if (!survive_run(make_window, &window)) {
        err_set(err, ERR_LIMIT, "out of memory");
        return NULL;
    }
    shielded_lock_take(&self.lock);
    drain_run(self.windows); /* what was before is not in the window */
    window->next = self.windows;
    self.windows = window;
    shielded_lock_give(&self.lock);
    return window;
}

static void unlink_window(const struct window *window)
{
    struct window **place = &self.windows;

    while (*place && *place != window)
        place = &(*place)->next;
    if (*place)
        *place = window->next;
}

struct closing {
    struct report report;
    struct strbuf *pprof;
};

static void take_mappings(void *closing)
{
    report_take_mappings(&((struct closing *)closing)->report);
}

static void write_profile(void *data)
{
    struct closing *closing = data;

    report_write(&closing->report, closing->pprof);
}

bool collector_close_window(struct window *window, struct strbuf *pprof, uint64_t *weight,
                            struct err *err)
{
    struct closing closing = {
        .report = {.window = window, .is_signal_taken = atomic_load(&self.has_said_taken)},
        .pprof = pprof};
    bool done;

    shielded_lock_take(&self.lock);
    if (pprof)
        drain_run(self.windows);
    unlink_window(window);
    done = !pprof || survive_run(take_mappings, &closing);
    shielded_lock_give(&self.lock);
    closing.report.stats = collector_read_stats();
    if (weight)
        *weight = window->weight;
    if (done && pprof)
        done = survive_run(write_profile, &closing);
    report_release(&closing.report);
    window_free(window);
    return done || err_set(err, ERR_LIMIT, "out of memory: the profile is lost");
}

/* Often enough that a file is not much later than it was asked for. */
static int64_t drain_interval_ns(void)
{
    int64_t quarter_ns = CLOCK_NS_PER_S * (int64_t)self.settings.interval_s / 4;

    return quarter_ns < DRAIN_NS ? quarter_ns : DRAIN_NS;
}

static void flush_if_wanted(void)
{
    if (!atomic_exchange(&self.wants_flush, false))
        return;
    if (self.folder) {
        threads_close(); /* the process ends: what each thread did so far */
        folder_write(self.folder);
    }
    sem_post(&self.flushed);
}

/* Once each: what the user should know of what is sampled. */
static void say_what_is_amiss(void)
{
    if (threads_need_ticks() && !self.has_said_ticks)
        talk_warn("no timer for each thread here; a thread of the profiler reads the CPU clocks");
    self.has_said_ticks = threads_need_ticks();
    if (threads_blocked_count() && !self.has_said_blocked) {
        talk_warn("threads that block SIGPROF are not sampled");
        self.has_said_blocked = true;
    }
    if (!handler_is_installed() && !self.has_said_taken) {
        talk_warn("the program has taken SIGPROF for itself: no more samples");
        self.has_said_taken = true;
        threads_close(); /* its handler knows nothing of our signals */
    }
}

static void wait_and_tick(int64_t ns)
{
    int64_t period_ns = atomic_load(&self.period_ns);

    while (threads_need_ticks() && clock_steady_ns() + period_ns < ns &&
           !atomic_load(&self.wants_flush) && !atomic_load(&self.is_stopping)) {
        wake_wait_until(clock_steady_ns() + period_ns);
        threads_tick();
    }
    wake_wait_until(ns);
}

static void *run_collector(void *unused)
{
    int64_t interval_ns = drain_interval_ns();

    say_what_is_amiss();
    while (!atomic_load(&self.is_stopping)) {
        wait_and_tick(clock_steady_ns() + interval_ns);
        shielded_lock_take(&self.lock);
        drain_run(self.windows);
        shielded_lock_give(&self.lock);
        if (threads_scan_if_due())
            say_what_is_amiss();
        if (self.folder)
            folder_write_if_due(self.folder);
        flush_if_wanted();
    }
    return unused;
}

static bool start_thread(struct err *err)
{
    sem_init(&self.flushed, 0, 0);
    atomic_store(&self.is_stopping, false);
    atomic_store(&self.wants_flush, false);
    if (own_thread_start("pgo-collect", run_collector, NULL, &self.thread))
        return true;
    return err_set(err, ERR_IO, "cannot start the collector's thread: %s", strerror(errno));
}

static void end_timers(void)
{
    handler_disable();
    threads_close();
    shielded_lock_take(&self.lock);
    drain_run(self.windows);
    shielded_lock_give(&self.lock);
}

static bool start_sampling(struct err *err)
{
    if (!slot_pool_open())
        return err_set(err, ERR_IO, "no memory for the threads' rings");
    wake_open();
    if (!handler_install(drain_open()))
        return err_set(err, ERR_IO, "SIGPROF: %s", strerror(errno));
    threads_open(atomic_load(&self.period_ns));
    threads_begin(0);
    threads_scan();
    return true;
}

bool collector_start(struct settings *settings, struct err *err)
{
    self.settings = *settings;
    atomic_store(&self.period_ns, CLOCK_NS_PER_S / (int64_t)settings->hz);
    self.has_said_ticks = self.has_said_blocked = false;
    atomic_store(&self.has_said_taken, false);
    atomic_store(&self.pid, getpid());
    if (!start_sampling(err))
        return false;
    atomic_store(&self.is_running, true);
    self.folder = settings->dir ? folder_open(&self.settings, err) : NULL;
    if ((settings->dir && !self.folder) || !start_thread(err)) {
        atomic_store(&self.is_running, false);
        end_timers();
        if (self.folder)
            folder_close(self.folder);
        self.folder = NULL;
        return false;
    }
    *settings = (struct settings){0};
    return true;
}

void collector_stop(void)
{
    if (!atomic_load(&self.is_running))
        return;
    end_timers();
    atomic_store(&self.is_stopping, true);
    wake_post();
    pthread_join(self.thread, NULL);
    if (self.folder) {
        folder_write(self.folder);
        folder_close(self.folder);
    }
    self.folder = NULL;
    atomic_store(&self.is_running, false);
    settings_release(&self.settings);
}

void collector_before_unload(void)
{
    if (!collector_is_running() || !lock_until(clock_steady_ns() + UNLOAD_WAIT_NS))
        return;
    drain_run(self.windows);
    shielded_lock_give(&self.lock);
}

void collector_after_unload(void)
{
    if (!collector_is_running() || !lock_until(clock_steady_ns() + UNLOAD_WAIT_NS))
        return;
    drain_forget_code();
    shielded_lock_give(&self.lock);
}

bool collector_before_fork(void)
{
    return lock_until(clock_steady_ns() + FORK_WAIT_NS);
}

void collector_after_fork_in_parent(bool is_locked)
{
    if (is_locked)
        shielded_lock_give(&self.lock);
}

/* The parent's windows: theirs are the parent's samples. */
static void forget_windows(bool is_whole)
{
    while (is_whole && self.windows) {
        struct window *window = self.windows;

        self.windows = window->next;
        window_free(window);
    }
    self.windows = NULL;
}

void collector_after_fork_in_child(bool is_locked)
{
    struct settings settings = self.settings;
    struct err err = {0};

    if (is_locked)
        shielded_lock_give(&self.lock);
    if (!atomic_load(&self.is_running))
        return;
    handler_disable();
    self.lock = SHIELDED_LOCK_INIT;
    threads_reset();
    loader_doubt();
    forget_windows(is_locked);
    drain_reset(is_locked);
    if (self.folder)
        folder_forget(self.folder);
    self.folder = NULL;
    atomic_store(&self.is_running, false);
    self.settings = (struct settings){0};
    if (!collector_start(&settings, &err)) {
        settings_release(&settings);
        talk_error(&err);
    }
}

void collector_flush(void)
{
    struct timespec deadline;

    if (!atomic_load(&self.is_running) || atomic_load(&self.pid) != getpid())
        return;
    deadline = clock_timespec(clock_steady_ns() + FLUSH_SECONDS * CLOCK_NS_PER_S);
    atomic_store(&self.wants_flush, true);
    wake_post();
    while (sem_clockwait(&self.flushed, CLOCK_MONOTONIC, &deadline) != 0 && errno == EINTR)
        ;
}
