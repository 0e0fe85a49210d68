#include "collector.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "code_map.h"
#include "folder.h"
#include "handler.h"
#include "profile/pprof.h"
#include "survive.h"
#include "threads.h"
#include "window.h"

#define NS_PER_S        INT64_C(1000000000)
#define DRAIN_NS        (NS_PER_S / 5)
#define SCAN_NS         NS_PER_S
#define FLUSH_SECONDS   2
#define SAMPLES_IN_RING (SLOT_RING_BYTES / (sizeof(struct sample) + 8 * HANDLER_IPS_MAX))

/* The one collector of the process. What is not marked is under the lock. */
static struct collector {
    pthread_mutex_t lock;
    struct settings settings;
    struct code_map code;
    struct unwind_rows *rows;
    struct window *windows;
    struct collector_stats stats; /* those of slots that have ended are in it */
    struct folder *folder;        /* the thread's, NULL: none */
    pthread_t thread;
    sem_t wake, flushed; /* any thread's */
    _Atomic bool is_running, is_stopping, wants_flush;
    _Atomic pid_t pid;
} self = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static struct timespec deadline_of(int64_t ns)
{
    return (struct timespec){.tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S};
}

/* Callers outside all code are not believed: a frame pointer led astray. */
static size_t resolve(const uintptr_t *ips, size_t count, struct stack_frame *frames)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t mapping = code_map_find(&self.code, ips[i]);

        if (mapping == ADDRESS_SPACE_NONE && i > 0)
            return i;
        frames[i] = (struct stack_frame){.ip = ips[i], .mapping = mapping};
    }
    return count;
}

static void add_sample(const struct sample *sample)
{
    struct stack_frame frames[HANDLER_IPS_MAX];
    uintptr_t learned[HANDLER_IPS_MAX];
    const uintptr_t *ips = sample->ips;
    size_t count = sample->ip_count;
    enum unwind_end end = sample->end;

    if (sample->copy) {
        size_t found = unwind_learn(self.rows, sample->copy, learned, HANDLER_IPS_MAX, &end);

        if (found >= count) {
            ips = learned;
            count = found;
        }
    }
    count = resolve(ips, count, frames);
    self.stats.sample_weight += sample->weight;
    if (end == UNWIND_LIMIT)
        self.stats.limit_weight += sample->weight;
    else if (end != UNWIND_COMPLETE)
        self.stats.broken_weight += sample->weight;
    for (struct window *window = self.windows; window; window = window->next)
        window_add(window, sample, frames, count);
}

static void add_sample_work(void *sample)
{
    add_sample(sample);
}

static void drain_slot(struct slot *slot)
{
    const struct sample *sample;

    while ((sample = sample_ring_peek(&slot->ring))) {
        if (!survive_run(add_sample_work, (void *)sample))
            self.stats.lost_weight += sample->weight;
        sample_ring_consume(&slot->ring, sample);
    }
}

static void add_slot_stats(const struct slot *slot, struct collector_stats *stats)
{
    stats->signal_count += slot->signal_count;
    stats->handler_ns += slot->handler_ns;
    stats->ring_full_count += slot->full_count;
}

/* The weight that still waits for room in the ring when the thread is gone. */
static void finish_slot(struct slot *slot)
{
    struct sample rest = {.weight = slot->carried_weight, .end = UNWIND_BROKEN};

    if (rest.weight && !survive_run(add_sample_work, &rest))
        self.stats.lost_weight += rest.weight;
    add_slot_stats(slot, &self.stats);
    slot_release(slot);
}

static void follow_code(void *unused)
{
    (void)unused;
    code_map_follow(&self.code);
}

static void drain(void)
{
    int64_t start_ns = now_ns();

    if (!survive_run(follow_code, NULL))
        self.code = (struct code_map){0};
    for (size_t i = 0; i < slot_count(); i++) {
        struct slot *slot = slot_at(i);
        int state = atomic_load(&slot->state);

        if (state == SLOT_FREE || state == SLOT_CLAIMED)
            continue;
        drain_slot(slot);
        if (state == SLOT_ENDED)
            finish_slot(slot);
    }
    self.stats.drain_ns += (uint64_t)(now_ns() - start_ns);
}

bool collector_is_running(void)
{
    return atomic_load(&self.is_running);
}

const struct settings *collector_settings(void)
{
    return &self.settings;
}

struct collector_stats collector_read_stats(void)
{
    struct collector_stats stats;

    pthread_mutex_lock(&self.lock);
    stats = self.stats;
    for (size_t i = 0; i < slot_count(); i++)
        if (atomic_load(&slot_at(i)->state) != SLOT_FREE) {
            add_slot_stats(slot_at(i), &stats);
            stats.thread_count++;
        }
    pthread_mutex_unlock(&self.lock);
    stats.lost_threads = threads_lost_count();
    stats.out_of_memory_count = survive_count();
    return stats;
}

static void make_window(void *window)
{
    *(struct window **)window = window_new(WINDOW_BYTES_MAX);
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
    pthread_mutex_lock(&self.lock);
    drain(); /* what was before is not in the window */
    window->next = self.windows;
    self.windows = window;
    pthread_mutex_unlock(&self.lock);
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

/* A window on its way into a file. */
struct closing {
    struct window *window;
    struct code_mapping *mappings; /* a copy: the texts stay */
    size_t mapping_count;
    struct collector_stats stats;
    struct strbuf *pprof;
};

static void add_comments(const struct closing *closing, struct profile *profile)
{
    const struct window *window = closing->window;

    profile_add_comment(profile, "libpgocollect %s", PGO_VERSION);
    profile_add_comment(profile, "program: %s", program_invocation_short_name);
    profile_add_comment(profile, "sampler: CPU timer per thread, %llu Hz",
                        (unsigned long long)self.settings.hz);
    profile_add_comment(
        profile, "samples: %llu, complete stacks: %llu, cut for memory: %llu, lost: %llu",
        (unsigned long long)window->weight,
        (unsigned long long)window->end_weights[UNWIND_COMPLETE],
        (unsigned long long)window->cut_weight, (unsigned long long)closing->stats.lost_weight);
    if (closing->stats.lost_threads)
        profile_add_comment(profile, "threads that could not be sampled: %llu",
                            (unsigned long long)closing->stats.lost_threads);
}

static void copy_mappings(void *data)
{
    struct closing *closing = data;

    closing->mapping_count = self.code.mapping_count;
    closing->mappings = mem_array(closing->mapping_count, sizeof(*closing->mappings));
    if (closing->mapping_count)
        memcpy(closing->mappings, self.code.mappings,
               closing->mapping_count * sizeof(*closing->mappings));
}

static void write_profile(void *data)
{
    struct closing *closing = data;
    struct profile *profile =
        window_profile(closing->window, closing->mappings, closing->mapping_count,
                       NS_PER_S / (int64_t)self.settings.hz);

    add_comments(closing, profile);
    pprof_write(profile, closing->pprof);
    profile_free(profile);
}

bool collector_close_window(struct window *window, struct strbuf *pprof, uint64_t *weight,
                            struct err *err)
{
    struct closing closing = {.window = window, .pprof = pprof};
    bool done;

    pthread_mutex_lock(&self.lock);
    if (pprof)
        drain();
    unlink_window(window);
    done = !pprof || survive_run(copy_mappings, &closing);
    pthread_mutex_unlock(&self.lock);
    closing.stats = collector_read_stats();
    if (weight)
        *weight = window->weight;
    if (done && pprof)
        done = survive_run(write_profile, &closing);
    free(closing.mappings);
    window_free(window);
    return done || err_set(err, ERR_LIMIT, "out of memory: the profile is lost");
}

/* Often enough that the fastest sampler's deepest stacks do not fill a ring. */
static int64_t drain_interval_ns(void)
{
    int64_t half_full_ns = NS_PER_S / (int64_t)self.settings.hz * (int64_t)SAMPLES_IN_RING / 2;

    return half_full_ns < DRAIN_NS ? half_full_ns : DRAIN_NS;
}

static void wait_until(int64_t ns)
{
    struct timespec deadline = deadline_of(ns);

    while (sem_clockwait(&self.wake, CLOCK_MONOTONIC, &deadline) != 0 && errno == EINTR)
        ;
}

static void flush_if_wanted(void)
{
    if (!atomic_exchange(&self.wants_flush, false))
        return;
    if (self.folder)
        folder_write(self.folder);
    sem_post(&self.flushed);
}

static void *run_collector(void *unused)
{
    int64_t interval_ns = drain_interval_ns(), scan_ns = now_ns() + SCAN_NS;

    while (!atomic_load(&self.is_stopping)) {
        wait_until(now_ns() + interval_ns);
        pthread_mutex_lock(&self.lock);
        drain();
        pthread_mutex_unlock(&self.lock);
        if (now_ns() >= scan_ns) {
            threads_scan();
            scan_ns = now_ns() + SCAN_NS;
        }
        if (self.folder)
            folder_write_if_due(self.folder);
        flush_if_wanted();
    }
    return unused;
}

static bool start_thread(struct err *err)
{
    sem_init(&self.wake, 0, 0);
    sem_init(&self.flushed, 0, 0);
    atomic_store(&self.is_stopping, false);
    atomic_store(&self.wants_flush, false);
    if (threads_start_own("pgo-collect", run_collector, NULL, &self.thread))
        return true;
    return err_set(err, ERR_IO, "cannot start the collector's thread: %s", strerror(errno));
}

static void end_timers(void)
{
    handler_disable();
    threads_close();
    pthread_mutex_lock(&self.lock);
    drain();
    pthread_mutex_unlock(&self.lock);
}

static bool start_sampling(struct err *err)
{
    if (!slot_pool_open())
        return err_set(err, ERR_IO, "no memory for the threads' rings");
    if (!self.rows)
        self.rows = unwind_rows_new();
    if (!handler_install(self.rows))
        return err_set(err, ERR_IO, "SIGPROF: %s", strerror(errno));
    threads_open(NS_PER_S / (int64_t)self.settings.hz);
    threads_begin(0);
    threads_scan();
    return true;
}

bool collector_start(struct settings *settings, struct err *err)
{
    self.settings = *settings;
    self.stats = (struct collector_stats){0};
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
    sem_post(&self.wake);
    pthread_join(self.thread, NULL);
    if (self.folder) {
        folder_write(self.folder);
        folder_close(self.folder);
    }
    self.folder = NULL;
    atomic_store(&self.is_running, false);
    settings_release(&self.settings);
}

void collector_flush(void)
{
    struct timespec deadline;

    if (!atomic_load(&self.is_running) || atomic_load(&self.pid) != getpid())
        return;
    deadline = deadline_of(now_ns() + FLUSH_SECONDS * NS_PER_S);
    atomic_store(&self.wants_flush, true);
    sem_post(&self.wake);
    while (sem_clockwait(&self.flushed, CLOCK_MONOTONIC, &deadline) != 0 && errno == EINTR)
        ;
}
