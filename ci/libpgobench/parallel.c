/*
 * All threads pass one barrier four times, with the thread that called bench_parallel():
 *
 *     each has set up | the timer runs | each has left its loop | the timer is stopped
 *
 * so that neither set-up nor what follows the loop is measured, and all begin at once.
 */
#include "libpgobench/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/talk.h"

#define BATCH_NS  100000 /* long beside a look at the clock, short beside the whole */
#define MAX_BATCH 1000000

struct crowd {
    struct run *parent;
    void (*body)(struct bench *b, void *arg);
    void *arg;
    pthread_barrier_t barrier;
    int64_t end_ns;
    atomic_uint_least64_t left; /* iterations, if -benchtime counts them */
    atomic_bool failed;
};

struct worker {
    struct run run; /* must be first */
    pthread_t thread;
};

unsigned parallel_default_threads(void)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;

    return count > 0 ? (unsigned)count : 1;
}

static void pass_twice(struct crowd *crowd)
{
    pthread_barrier_wait(&crowd->barrier);
    pthread_barrier_wait(&crowd->barrier);
}

/* As many as this thread does in BATCH_NS, by its speed so far. */
static uint64_t next_size(const struct run *run, int64_t now_ns)
{
    int64_t taken_ns = now_ns - run->loop_start_ns;
    double size = 1;

    if (run->done)
        size = (double)BATCH_NS * (double)run->done / (double)(taken_ns > 0 ? taken_ns : 1);
    return size < 1 ? 1 : size > MAX_BATCH ? MAX_BATCH : (uint64_t)size;
}

static uint64_t take_batch(struct run *run)
{
    struct crowd *crowd = run->crowd;
    int64_t now_ns = clock_steady_ns();
    uint64_t size = next_size(run, now_ns), left = atomic_load(&crowd->left);

    if (atomic_load(&crowd->failed))
        return 0;
    if (!run->session->options.pace.goal_iterations)
        return now_ns < crowd->end_ns || !run->done ? size : 0; /* one at least, however late */
    while (!atomic_compare_exchange_weak(&crowd->left, &left, left - (size < left ? size : left)))
        continue;
    return size < left ? size : left;
}

bool parallel_next_batch(struct run *run)
{
    if (run->over) {
        run_fail(run, "a thread has two loops");
        return false;
    }
    if (!run->in_loop) {
        run->in_loop = true;
        pass_twice(run->crowd);
        run->loop_start_ns = clock_steady_ns();
    }
    run->done += run->batch;
    if (run->result.status != RESULT_MEASURED)
        atomic_store(&run->crowd->failed, true);
    run->batch = take_batch(run);
    run->bench.left = run->batch ? run->batch - 1 : 0;
    if (run->batch)
        return true;
    run->over = true;
    pass_twice(run->crowd);
    return false;
}

static void *work(void *arg)
{
    struct run *run = &((struct worker *)arg)->run;

    run->crowd->body(&run->bench, run->crowd->arg);
    if (!run->in_loop) {
        run_fail(run, "a thread measured nothing: there is no bench_next()");
        atomic_store(&run->crowd->failed, true);
        pass_twice(run->crowd);
        pass_twice(run->crowd);
    } else if (!run->over) {
        run_fail(run, "a thread left its loop before bench_next() said so");
        atomic_store(&run->crowd->failed, true);
        pass_twice(run->crowd);
    }
    return NULL;
}

/* The others would wait for it for ever. */
static void start(struct worker *worker)
{
    int code = pthread_create(&worker->thread, NULL, work, worker);

    if (code == 0)
        return;
    talk_say("%s: cannot start a thread: %s", worker->run.crowd->parent->result.name,
             strerror(code));
    exit(TALK_EXIT_FAILED);
}

static void measure(struct crowd *crowd, struct worker *workers, unsigned count)
{
    struct run *parent = crowd->parent;

    for (unsigned i = 0; i < count; i++) {
        workers[i].run = (struct run){.session = parent->session, .crowd = crowd};
        start(&workers[i]);
    }
    pthread_barrier_wait(&crowd->barrier);
    meter_reset(&parent->meter);
    crowd->end_ns = clock_steady_ns() + parent->session->options.pace.goal_ns;
    meter_start(&parent->meter);
    pthread_barrier_wait(&crowd->barrier);
    pthread_barrier_wait(&crowd->barrier);
    meter_stop(&parent->meter);
    pthread_barrier_wait(&crowd->barrier);
    for (unsigned i = 0; i < count; i++) {
        const struct result *result = &workers[i].run.result;

        pthread_join(workers[i].thread, NULL);
        parent->done += workers[i].run.done;
        if (result->status == RESULT_FAILED)
            run_fail(parent, "%s", result->message);
        else if (result->status == RESULT_SKIPPED)
            bench_skip(&parent->bench, "%s", result->message);
    }
}

void bench_parallel(struct bench *b, void (*body)(struct bench *b, void *arg), void *arg)
{
    struct run *run = (struct run *)b;
    const struct bench_options *options = &run->session->options;
    struct crowd crowd = {
        .parent = run, .body = body, .arg = arg, .left = options->pace.goal_iterations};
    struct worker *workers;

    if (!run_may_begin(run))
        return;
    workers = mem_array(options->threads, sizeof(*workers));
    run->in_loop = run->over = true;
    run->result.threads = options->threads;
    pthread_barrier_init(&crowd.barrier, NULL, options->threads + 1);
    measure(&crowd, workers, options->threads);
    pthread_barrier_destroy(&crowd.barrier);
    free(workers);
}
