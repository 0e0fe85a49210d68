#include "push.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/talk.h"
#include "collector.h"
#include "push_client.h"
#include "survive.h"
#include "own_thread.h"

#define WAITING_MAX       8
#define WAITING_MAX_BYTES ((size_t)16 << 20)
#define SEND_SECONDS      10
#define END_SECONDS       2

struct push {
    struct push_target target;
    uint64_t interval_s, hz;
    pthread_t thread;
    sem_t wake, ended;
    _Atomic bool stopping;
    _Atomic bool is_left; /* by the thread or by push_stop(): the second one releases it */
    _Atomic(struct window *) window;
    int64_t from_s;
    struct push_item waiting[WAITING_MAX]; /* oldest first */
    size_t waiting_count;
    _Atomic uint64_t sent_count, failed_count, dropped_count;
    bool complained; /* once, until it works again */
};

static void drop_oldest(struct push *push)
{
    strbuf_release(&push->waiting[0].pprof);
    push->waiting_count--;
    memmove(push->waiting, push->waiting + 1, push->waiting_count * sizeof(*push->waiting));
}

static size_t waiting_bytes(const struct push *push)
{
    size_t bytes = 0;

    for (size_t i = 0; i < push->waiting_count; i++)
        bytes += push->waiting[i].pprof.len;
    return bytes;
}

/* The interval that has just ended joins those that wait; the next one begins. */
static void end_interval(struct push *push)
{
    struct push_item item = {.from_s = push->from_s, .until_s = time(NULL)};
    struct window *window = atomic_exchange(&push->window, NULL);
    struct err err = {0};
    uint64_t weight = 0;
    bool done = window && collector_close_window(window, &item.pprof, &weight, &err);

    if (!atomic_load(&push->stopping))
        atomic_store(&push->window, collector_open_window(&err));
    push->from_s = item.until_s;
    if (!done || !weight) {
        strbuf_release(&item.pprof);
        return;
    }
    while (push->waiting_count == WAITING_MAX ||
           (push->waiting_count && waiting_bytes(push) + item.pprof.len > WAITING_MAX_BYTES)) {
        drop_oldest(push);
        push->dropped_count++;
    }
    push->waiting[push->waiting_count++] = item;
}

static enum push_result send_oldest(struct push *push, int64_t deadline_ns, struct err *err)
{
    struct strbuf request = {0};
    enum push_result result;

    push_request_write(&push->target, &push->waiting[0], push->hz, &request);
    result = push_send(&push->target, &request, deadline_ns, atomic_load(&push->stopping), err);
    strbuf_release(&request);
    return result;
}

/* The oldest first, up to the first one that has to wait on. */
static void send_waiting(struct push *push)
{
    int64_t seconds = atomic_load(&push->stopping) ? END_SECONDS : SEND_SECONDS;
    int64_t deadline_ns = clock_steady_ns() + seconds * CLOCK_NS_PER_S;

    while (push->waiting_count) {
        struct err err = {0};
        enum push_result result = send_oldest(push, deadline_ns, &err);

        if (result == PUSH_DONE) {
            push->sent_count++;
            push->complained = false;
        } else {
            push->failed_count++;
            if (!push->complained)
                talk_error(&err);
            push->complained = true;
        }
        if (result == PUSH_LATER)
            return;
        if (result == PUSH_REFUSED)
            push->dropped_count++;
        drop_oldest(push);
    }
}

static void work(void *data)
{
    struct push *push = data;

    end_interval(push);
    send_waiting(push);
}

static void drop_window(struct push *push)
{
    struct window *window = atomic_exchange(&push->window, NULL);
    struct err err = {0};

    if (window && !collector_close_window(window, NULL, NULL, &err))
        talk_error(&err);
}

static void release(struct push *push)
{
    while (push->waiting_count)
        drop_oldest(push);
    drop_window(push);
    push_target_release(&push->target);
    sem_destroy(&push->wake);
    sem_destroy(&push->ended);
    free(push);
}

/* What was in work without memory is lost, and the rest waits. */
static void work_or_survive(struct push *push)
{
    if (!survive_run(work, push))
        push->failed_count++;
}

static void *run(void *data)
{
    struct push *push = data;
    int64_t due_ns = clock_steady_ns();
    bool last;

    do {
        struct timespec due;

        due_ns += (int64_t)push->interval_s * CLOCK_NS_PER_S;
        due = clock_timespec(due_ns);
        while (sem_clockwait(&push->wake, CLOCK_MONOTONIC, &due) != 0 && errno == EINTR)
            ;
        last = atomic_load(&push->stopping); /* before: what is left is sent in any case */
        work_or_survive(push);
        if (clock_steady_ns() > due_ns + (int64_t)push->interval_s * CLOCK_NS_PER_S)
            due_ns = clock_steady_ns(); /* the server was slow: no hurry to make up for it */
    } while (!last);
    if (atomic_exchange(&push->is_left, true)) /* nobody waits any more */
        release(push);
    else
        sem_post(&push->ended);
    return NULL;
}

struct push *push_start(const char *url, uint64_t interval_s, uint64_t hz, struct err *err)
{
    struct push *push = calloc(1, sizeof(*push));

    if (!push) {
        err_errno(err, url, "start");
        return NULL;
    }
    push->interval_s = interval_s;
    push->hz = hz;
    push->from_s = time(NULL);
    sem_init(&push->wake, 0, 0);
    sem_init(&push->ended, 0, 0);
    if (push_target_parse(url, program_invocation_short_name, &push->target, err) &&
        (push->window = collector_open_window(err))) {
        if (own_thread_start("pgo-push", run, push, &push->thread))
            return push;
        err_errno(err, url, "start a thread");
    }
    release(push);
    return NULL;
}

struct push_stats push_read_stats(const struct push *push)
{
    if (!push)
        return (struct push_stats){0};
    return (struct push_stats){push->sent_count, push->failed_count, push->dropped_count};
}

/* False: it has been left alone, and will release itself. */
static bool wait_for_end(struct push *push)
{
    struct timespec deadline =
        clock_timespec(clock_steady_ns() + (END_SECONDS + 1) * CLOCK_NS_PER_S);
    pthread_t thread = push->thread;

    while (sem_clockwait(&push->ended, CLOCK_MONOTONIC, &deadline) != 0) {
        if (errno == EINTR)
            continue;
        drop_window(push); /* now: a name server may take its time */
        if (atomic_exchange(&push->is_left, true))
            continue;
        pthread_detach(thread);
        return false;
    }
    pthread_join(thread, NULL);
    return true;
}

void push_stop(struct push *push)
{
    if (!push)
        return;
    atomic_store(&push->stopping, true);
    sem_post(&push->wake);
    if (wait_for_end(push))
        release(push);
}
