#include "base/progress.h"

#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/talk.h"

/* The one that is shown, or would be; of the main thread but for what `mutex` guards. */
static struct {
    char what[64]; /* cut: a line that wraps cannot be erased */
    unsigned depth;
    bool runs; /* there is a thread */
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t ended;
    bool end; /* guarded */
} progress = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static void *show(void *unused)
{
    struct timespec next;
    bool shown = false;

    clock_gettime(CLOCK_MONOTONIC, &next);
    pthread_mutex_lock(&progress.mutex);
    for (unsigned seconds = 1; !progress.end; seconds++) {
        next.tv_sec++;
        while (!progress.end &&
               pthread_cond_timedwait(&progress.ended, &progress.mutex, &next) == 0)
            ; /* woken for nothing */
        if (!progress.end) {
            talk_progress("%s, %u s", progress.what, seconds);
            shown = true;
        }
    }
    pthread_mutex_unlock(&progress.mutex);
    if (shown)
        talk_progress_end();
    return unused;
}

/* Can it erase a line? */
static bool has_terminal(void)
{
    const char *term = getenv("TERM");

    return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

static bool start_thread(void)
{
    pthread_condattr_t attributes;
    sigset_t all, before;
    bool done;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&progress.ended, &attributes);
    pthread_condattr_destroy(&attributes);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    done = pthread_create(&progress.thread, NULL, show, NULL) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return done;
}

void progress_start(const char *format, ...)
{
    va_list args;

    if (progress.depth++ || !has_terminal())
        return;
    va_start(args, format);
    vsnprintf(progress.what, sizeof(progress.what), format, args);
    va_end(args);
    progress.end = false;
    progress.runs = start_thread();
}

void progress_end(void)
{
    if (--progress.depth || !progress.runs)
        return;
    pthread_mutex_lock(&progress.mutex);
    progress.end = true;
    pthread_cond_signal(&progress.ended);
    pthread_mutex_unlock(&progress.mutex);
    pthread_join(progress.thread, NULL);
    pthread_cond_destroy(&progress.ended);
    progress.runs = false;
}
