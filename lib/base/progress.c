#include "base/progress.h"

#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
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
    bool end;            /* guarded */
    atomic_int part_pct; /* -1: not known */
} progress = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static void say(unsigned seconds)
{
    int part_pct = progress.part_pct;

    if (part_pct < 0)
        talk_progress("%s, %u s", progress.what, seconds);
    else
        talk_progress("%s, %d%%, %u s", progress.what, part_pct, seconds);
}

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
            say(seconds);
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
    progress.part_pct = -1;
    progress.runs = start_thread();
}

void progress_part(uint64_t done, uint64_t whole)
{
    progress.part_pct = whole ? (int)(100.0 * (double)done / (double)whole) : -1;
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
