/*
 * torture.c - a program that does to a profiler inside it whatever a program may do.
 *
 * usage: torture SECONDS [ACTIVITY...]      (all of them)
 *
 * 64 threads, each at one activity. Preloaded with libpgocollect.so, or linked with the library's
 * sources and sanitizers (TORTURE_LINKED). TORTURE_LIBRARIES names two libraries with a function
 * torture_hot(), for dlopen().
 * It ends with 0 if all went as it does without a profiler; else it says what did not. A minute
 * without an end is a deadlock.
 */
#include "torture.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pgo_collect.h"

#ifdef TORTURE_LINKED
#include "libpgocollect/threads.h"
#endif

#define THREAD_COUNT       64
#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct activity {
    const char *name;
    void (*run)(void);
    _Atomic unsigned long count;
};

static struct activity activities[] = {
    {"recursion", do_recursion, 0},
    {"longjmp", do_longjmp, 0},
    {"alternate-stack", do_alternate_stack, 0},
    {"wrong-frames", do_wrong_frames, 0},
    {"fake-stacks", do_fake_stacks, 0},
    {"coroutines", do_coroutines, 0},
    {"code-at-run-time", do_code_at_run_time, 0},
    {"forks", do_forks, 0},
    {"exec", do_exec, 0},
    {"threads", do_threads, 0},
    {"libraries", do_libraries, 0},
    {"signals", do_signals, 0},
    {"own-timer", do_own_timer, 0},
    {"memory", do_memory, 0},
    {"snapshots", do_snapshots, 0},
    {"labels", do_labels, 0},
    {"start-stop", do_start_stop, 0},
};

/* Not there without a profiler. */
#pragma weak pgo_collect_start
#pragma weak pgo_collect_stop
#pragma weak pgo_collect_snapshot
#pragma weak pgo_collect_label_set
#pragma weak pgo_collect_label_clear
#pragma weak pgo_collect_trace_set

static atomic_bool is_over;
static volatile unsigned sink;

__attribute__((noinline)) unsigned burn(unsigned rounds)
{
    unsigned x = rounds;

    for (unsigned i = 0; i < rounds; i++)
        x = x * 1664525u + i;
    sink = x;
    return rounds;
}

unsigned random_below(unsigned limit)
{
    static __thread unsigned long long state;
    static atomic_uint next;

    if (!state)
        state = 0x9e3779b97f4a7c15ull * (1 + atomic_fetch_add(&next, 1));
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 32) % limit;
}

void check_at(bool holds, const char *condition, const char *file, int line)
{
    if (holds)
        return;
    fprintf(stderr, "torture: %s:%d: not so: %s (errno %d)\n", file, line, condition, errno);
    abort();
}

#ifdef TORTURE_LINKED
struct start {
    void *(*run)(void *);
    void *data;
    bool is_announced;
};

static void *run_thread(void *data)
{
    struct start start = *(struct start *)data;

    free(data);
    if (start.is_announced) {
        threads_begin((uintptr_t)start.run);
        threads_withdraw();
    }
    return start.run(start.data);
}

void start_thread(pthread_t *id, const pthread_attr_t *attr, void *(*run)(void *), void *data)
{
    struct start *start = malloc(sizeof(*start));

    *start = (struct start){run, data, threads_announce()};
    check(pthread_create(id, attr, run_thread, start) == 0);
}
#else
void start_thread(pthread_t *id, const pthread_attr_t *attr, void *(*run)(void *), void *data)
{
    check(pthread_create(id, attr, run, data) == 0);
}
#endif

void do_labels(void)
{
    unsigned char trace[16];
    char value[16];

    burn(20000);
    if (!pgo_collect_label_set)
        return;
    snprintf(value, sizeof(value), "%u", random_below(500));
    memset(trace, (int)random_below(256), sizeof(trace));
    check(pgo_collect_trace_set(random_below(4) ? trace : NULL) == 0);
    check(pgo_collect_label_set("torture", value) == 0);
    burn(20000);
    if (random_below(8) == 0)
        check(pgo_collect_label_clear(random_below(2) ? "torture" : NULL) == 0);
}

/* Whoever comes first starts it; the others are told that it runs. */
void do_start_stop(void)
{
    struct pgo_collect_config config = {.size = sizeof(config), .hz = 1000};
    int code;

    burn(2000);
    if (!pgo_collect_start)
        return;
    code = pgo_collect_start(&config);
    check(code == 0 || code == -EALREADY);
    burn(random_below(2000000));
    if (random_below(2)) /* may be stopped meanwhile: -EINVAL */
        (void)pgo_collect_snapshot("/dev/null");
    check(pgo_collect_stop() == 0);
}

static bool is_chosen(const char *name, char **names)
{
    if (!*names)
        return true;
    while (*names && strcmp(*names, name) != 0)
        names++;
    return *names;
}

static void *run_activity(void *data)
{
    struct activity *activity = data;

    while (!atomic_load(&is_over)) {
        activity->run();
        atomic_fetch_add(&activity->count, 1);
    }
    return NULL;
}

static size_t choose(char **names, struct activity **chosen)
{
    size_t count = 0;

    for (size_t i = 0; i < ARRAY_COUNT(activities); i++)
        if (is_chosen(activities[i].name, names))
            chosen[count++] = &activities[i];
    return count;
}

static void *end_at_once(void *data)
{
    pthread_exit(data);
}

/* The first thread that ends so loads libgcc_s: not while others fork. */
static void load_unwinder(void)
{
    pthread_t id;

    start_thread(&id, NULL, end_at_once, NULL);
    check(pthread_join(id, NULL) == 0);
}

static void wait_seconds(unsigned seconds)
{
    struct timespec end;

    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += seconds;
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) == EINTR)
        ;
}

int main(int argc, char **argv)
{
    unsigned seconds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;
    struct activity *chosen[ARRAY_COUNT(activities)];
    pthread_t ids[THREAD_COUNT];
    size_t count;

    if (argc == 2 && strcmp(argv[1], "executed") == 0)
        return run_executed();
    count = seconds ? choose(argv + 2, chosen) : 0;
    if (!count) {
        fprintf(stderr, "usage: torture SECONDS [ACTIVITY...]\n");
        return 2;
    }
    prepare_stack_signals();
    prepare_process_signals();
    load_unwinder();
    alarm(seconds + 60 + seconds / 4);
    for (size_t i = 0; i < THREAD_COUNT; i++)
        start_thread(&ids[i], NULL, run_activity, chosen[i % count]);
    wait_seconds(seconds);
    atomic_store(&is_over, true);
    for (size_t i = 0; i < THREAD_COUNT; i++)
        check(pthread_join(ids[i], NULL) == 0);
    for (size_t i = 0; i < count; i++)
        printf("%s %lu\n", chosen[i]->name, chosen[i]->count);
    return 0;
}
