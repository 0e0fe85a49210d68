/*
 * interpose.c - functions of the C library that the program calls and that pass here first.
 *
 * Not part of the library's form for unit tests.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "collector.h"
#include "handler.h"
#include "threads.h"

#define EXPORT __attribute__((visibility("default")))

typedef int create_function(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
typedef void (*signal_handler)(int);
typedef signal_handler signal_function(int, signal_handler);
typedef int close_function(void *);
typedef void exit_function(int);

/*
 * The functions that stand behind ours. Looked up by a constructor, before any thread of the
 * program: later calls may come from handlers, which must not enter the loader.
 */
static struct {
    create_function *create;
    handler_sigaction *sigaction;
    signal_function *signal;
    close_function *close;
    exit_function *exit;
} real;

/* Before the constructor that starts the profiler; earlier calls come here by themselves. */
__attribute__((constructor(101))) static void look_up(void)
{
    real.create = (create_function *)dlsym(RTLD_NEXT, "pthread_create");
    real.sigaction = (handler_sigaction *)dlsym(RTLD_NEXT, "sigaction");
    real.signal = (signal_function *)dlsym(RTLD_NEXT, "signal");
    real.close = (close_function *)dlsym(RTLD_NEXT, "dlclose");
    real.exit = (exit_function *)dlsym(RTLD_NEXT, "_exit");
    handler_use(real.sigaction);
}

static void need(const void *function)
{
    if (!function)
        look_up();
}

struct start {
    void *(*routine)(void *);
    void *data;
};

static void *run_thread(void *data)
{
    struct start start = *(struct start *)data;

    free(data);
    threads_begin((uintptr_t)start.routine);
    threads_withdraw();
    return start.routine(start.data);
}

EXPORT int pthread_create(pthread_t *id, const pthread_attr_t *attr, void *(*routine)(void *),
                          void *data)
{
    struct start *start;
    int code;

    need(real.create);
    if (!threads_announce())
        return real.create(id, attr, routine, data);
    start = malloc(sizeof(*start));
    if (!start) { /* a scan will find the thread */
        threads_withdraw();
        return real.create(id, attr, routine, data);
    }
    *start = (struct start){routine, data};
    code = real.create(id, attr, run_thread, start);
    if (code != 0) {
        threads_withdraw();
        free(start);
    }
    return code;
}

/* A program that takes SIGPROF for itself gets its own signals, and we ours. */
EXPORT int sigaction(int number, const struct sigaction *action, struct sigaction *before)
{
    if (number == SIGPROF && handler_exchange(action, before))
        return 0;
    need(real.sigaction);
    return real.sigaction(number, action, before);
}

EXPORT signal_handler signal(int number, signal_handler handler)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, before;

    if (number == SIGPROF && handler_exchange(&action, &before))
        return before.sa_handler;
    need(real.signal);
    return real.signal(number, handler);
}

EXPORT int dlclose(void *library)
{
    int code;

    need(real.close);
    collector_before_unload();
    code = real.close(library);
    collector_after_unload();
    return code;
}

/*
 * exit() comes to our destructor; these two end the process at once. The child of a vfork() is not
 * the process that is profiled.
 */
EXPORT void _exit(int code)
{
    need(real.exit);
    collector_flush();
    real.exit(code);
    __builtin_unreachable();
}

EXPORT void _Exit(int code)
{
    _exit(code);
}
