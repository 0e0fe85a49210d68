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

#include "base/compiler.h"
#include "collector.h"
#include "handler.h"
#include "threads.h"

#define EXPORT __attribute__((visibility("default")))

typedef int create_function(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
typedef void exit_function(int);

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
    static _Atomic(create_function *) real;
    struct start *start;
    int code;

    if (!real)
        real = (create_function *)dlsym(RTLD_NEXT, "pthread_create");
    if (!threads_announce())
        return real(id, attr, routine, data);
    start = malloc(sizeof(*start));
    if (!start) { /* a scan will find the thread */
        threads_withdraw();
        return real(id, attr, routine, data);
    }
    *start = (struct start){routine, data};
    code = real(id, attr, run_thread, start);
    if (code != 0) {
        threads_withdraw();
        free(start);
    }
    return code;
}

static int system_sigaction(int number, const struct sigaction *action, struct sigaction *before)
{
    static _Atomic(handler_sigaction *) real;

    if (!real)
        real = (handler_sigaction *)dlsym(RTLD_NEXT, "sigaction");
    return real(number, action, before);
}

/* Before the constructor that starts the profiler. */
__attribute__((constructor(101))) static void use_system(void)
{
    handler_use(system_sigaction);
}

/* A program that takes SIGPROF for itself gets its own signals, and we ours. */
EXPORT int sigaction(int number, const struct sigaction *action, struct sigaction *before)
{
    if (number == SIGPROF && handler_exchange(action, before))
        return 0;
    return system_sigaction(number, action, before);
}

typedef void (*signal_handler)(int);

EXPORT signal_handler signal(int number, signal_handler handler)
{
    static _Atomic(__typeof__(signal) *) real;
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, before;

    if (number == SIGPROF && handler_exchange(&action, &before))
        return before.sa_handler;
    if (!real)
        real = (__typeof__(signal) *)dlsym(RTLD_NEXT, "signal");
    return real(number, handler);
}

/*
 * exit() comes to our destructor; these two end the process at once. The child of a vfork() is not
 * the process that is profiled.
 */
static NORETURN void leave(const char *name, int code)
{
    exit_function *real = (exit_function *)dlsym(RTLD_NEXT, name);

    collector_flush();
    real(code);
    __builtin_unreachable();
}

EXPORT void _exit(int code)
{
    leave("_exit", code);
}

EXPORT void _Exit(int code)
{
    leave("_Exit", code);
}
