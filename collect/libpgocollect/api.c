/*
 * api.c - the public functions, and what happens when the library is loaded and when it goes.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/talk.h"
#include "collector.h"
#include "heap.h"
#include "labels.h"
#include "pgo_collect.h"
#include "serving.h"
#include "survive.h"
#include "threads.h"
#include "window.h"

#define EXPORT __attribute__((visibility("default")))

static pthread_mutex_t api_lock = PTHREAD_MUTEX_INITIALIZER; /* one start, stop or snapshot */
static struct window *snapshot;
static __thread struct err last;

static int code_of(enum err_kind kind)
{
    static const int codes[] = {[ERR_USAGE] = -EINVAL,
                                [ERR_IO] = -EIO,
                                [ERR_LIMIT] = -ENOSPC,
                                [ERR_NOT_FOUND] = -ENOENT,
                                [ERR_UNSUPPORTED] = -ENOTSUP};
    int code = (size_t)kind < ARRAY_SIZE(codes) ? codes[kind] : 0;

    return code ? code : -EIO;
}

/* The public code of a call that went so. */
static int finish(bool done)
{
    if (done)
        last = (struct err){0};
    return done ? 0 : code_of(last.kind);
}

struct reading {
    const struct pgo_collect_config *config;
    struct settings settings;
    bool done;
};

static const char *look_up(const char *name)
{
    return secure_getenv(name);
}

static void read_settings(void *data)
{
    struct reading *reading = data;

    reading->done = reading->config
                        ? settings_from_config(&reading->settings, reading->config, &last)
                        : settings_from_environment(&reading->settings, look_up, &last);
}

static bool read_all(struct reading *reading)
{
    if (!survive_run(read_settings, reading))
        return err_set(&last, ERR_LIMIT, "out of memory");
    return reading->done;
}

/*
 * The environment goes to whole trees of processes, so a port in use is waited for. What is wrong
 * with the rest is no reason to lose the folder's files.
 */
static bool start_serving(const struct reading *reading)
{
    if (serving_start(collector_settings(), !reading->config, &last))
        return true;
    if (reading->config || !collector_settings()->dir)
        return false;
    talk_error(&last);
    return true;
}

/* What the prepare handler of a fork leaves for the other two, on the same thread. */
static __thread bool has_collector_lock, has_labels_lock;
static __thread uint32_t forked_label_set;

static void before_fork(void)
{
    struct slot *slot = threads_own_slot();

    forked_label_set = slot ? atomic_load(&slot->label_set) : 0;
    has_collector_lock = collector_before_fork();
    has_labels_lock = labels_lock();
}

static void after_fork_in_parent(void)
{
    if (has_labels_lock)
        labels_unlock();
    collector_after_fork_in_parent(has_collector_lock);
}

/* The thread that forked goes on with its labels. */
static void after_fork_in_child(void)
{
    struct slot *slot;

    if (has_labels_lock)
        labels_unlock();
    else
        labels_reset();
    pthread_mutex_init(&api_lock, NULL);
    snapshot = NULL;
    collector_after_fork_in_child(has_collector_lock);
    if (!collector_is_running())
        return;
    snapshot = collector_open_window(&last);
    slot = threads_own_slot();
    if (slot && has_labels_lock)
        atomic_store(&slot->label_set, forked_label_set);
}

static pthread_once_t fork_once = PTHREAD_ONCE_INIT;

static void follow_forks(void)
{
    pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

static void follow_heap(const struct settings *settings, bool is_asked)
{
    struct err err = {0};

    if (!heap_set_interval(settings->heap_bytes, is_asked, &err))
        talk_error(&err);
}

static bool start(struct reading *reading)
{
    pthread_once(&fork_once, follow_forks);
    if (reading->config)
        follow_heap(&reading->settings, reading->config->heap_bytes > 0);
    if (!collector_start(&reading->settings, &last)) {
        settings_release(&reading->settings);
        return false;
    }
    if (!start_serving(reading)) {
        collector_stop();
        return false;
    }
    snapshot = collector_open_window(&last);
    return true;
}

EXPORT int pgo_collect_start(const struct pgo_collect_config *config)
{
    struct reading reading = {.config = config};
    int code;

    pthread_mutex_lock(&api_lock);
    if (!collector_is_running())
        code = finish(read_all(&reading) && start(&reading));
    else if (!config) /* the loader has started it, by the same environment */
        code = finish(true);
    else {
        err_set(&last, ERR_USAGE, "the profiler runs already");
        code = -EALREADY;
    }
    pthread_mutex_unlock(&api_lock);
    return code;
}

static void stop(void)
{
    serving_stop();
    if (snapshot && !collector_close_window(snapshot, NULL, NULL, &last))
        talk_error(&last);
    snapshot = NULL;
    collector_stop();
}

EXPORT int pgo_collect_stop(void)
{
    pthread_mutex_lock(&api_lock);
    stop();
    pthread_mutex_unlock(&api_lock);
    return finish(true);
}

/* The snapshot's window as a file, and the next window. */
static bool take_snapshot(struct strbuf *pprof)
{
    struct window *window = snapshot;

    if (!window)
        return err_set(&last, ERR_USAGE, "the profiler is not running");
    snapshot = collector_open_window(&last);
    return collector_close_window(window, pprof, NULL, &last);
}

struct output {
    const char *path; /* NULL: to fd */
    int fd;
    struct strbuf pprof;
    bool done;
};

static void write_output(void *data)
{
    struct output *output = data;

    if (output->path)
        output->done =
            file_write(output->path, output->pprof.data, output->pprof.len, FILE_REPLACE, &last);
    else
        output->done = file_write_fd(output->fd, output->pprof.data, output->pprof.len) ||
                       err_errno(&last, "snapshot", "cannot write");
}

static int write_snapshot(struct output *output)
{
    int code;

    pthread_mutex_lock(&api_lock);
    if (take_snapshot(&output->pprof) && !survive_run(write_output, output))
        output->done = err_set(&last, ERR_LIMIT, "out of memory");
    code = finish(output->done);
    pthread_mutex_unlock(&api_lock);
    strbuf_release(&output->pprof);
    return code;
}

EXPORT int pgo_collect_snapshot(const char *path)
{
    struct output output = {.path = path};

    return write_snapshot(&output);
}

EXPORT int pgo_collect_snapshot_fd(int fd)
{
    struct output output = {.fd = fd};

    return write_snapshot(&output);
}

static int write_heap_snapshot(struct output *output)
{
    int code;

    output->done = heap_write(&output->pprof, &last);
    if (output->done && !survive_run(write_output, output))
        output->done = err_set(&last, ERR_LIMIT, "out of memory");
    code = finish(output->done);
    strbuf_release(&output->pprof);
    return code;
}

EXPORT int pgo_collect_heap_snapshot(const char *path)
{
    struct output output = {.path = path};

    return write_heap_snapshot(&output);
}

EXPORT int pgo_collect_heap_snapshot_fd(int fd)
{
    struct output output = {.fd = fd};

    return write_heap_snapshot(&output);
}

static int change_label(const char *key, const char *value)
{
    struct slot *slot = threads_own_slot();
    uint32_t set = slot ? atomic_load(&slot->label_set) : 0;

    if (!slot) { /* not running: the program need not care */
        last = (struct err){0};
        return 0;
    }
    if (!labels_change(set, key, value, &set, &last))
        return finish(false);
    atomic_store(&slot->label_set, set);
    return finish(true);
}

EXPORT const char *pgo_collect_http_address(void)
{
    return serving_address();
}

EXPORT int pgo_collect_label_set(const char *key, const char *value)
{
    if (!key || !value)
        return finish(err_set(&last, ERR_USAGE, "label: key or value is NULL"));
    return change_label(key, value);
}

EXPORT int pgo_collect_label_clear(const char *key)
{
    return change_label(key, NULL);
}

EXPORT int pgo_collect_trace_set(const unsigned char id[16])
{
    struct slot *slot = threads_own_slot();

    last.kind = ERR_NONE;
    last.message[0] = '\0';
    if (!slot)
        return 0;
    /* The handler runs on this thread: it must never see half an id. */
    atomic_store_explicit(&slot->has_trace, false, memory_order_relaxed);
    atomic_signal_fence(memory_order_seq_cst);
    if (!id)
        return 0;
    memcpy(slot->trace_id, id, sizeof(slot->trace_id));
    atomic_signal_fence(memory_order_seq_cst);
    atomic_store_explicit(&slot->has_trace, true, memory_order_relaxed);
    return 0;
}

EXPORT const char *pgo_collect_message(void)
{
    return last.message;
}

/* The environment asks for profiles of a program that need not know. */
__attribute__((constructor)) static void load(void)
{
    struct reading reading = {0};

    talk_start("libpgocollect");
    if (!read_all(&reading)) {
        talk_error(&last);
        return;
    }
    follow_heap(&reading.settings, look_up("PGO_COLLECT_HEAP") != NULL);
    if (!settings_ask_for_output(&reading.settings))
        settings_release(&reading.settings);
    else if (!start(&reading))
        talk_error(&last);
}

__attribute__((destructor)) static void unload(void)
{
    serving_stop();
    collector_flush();
}
