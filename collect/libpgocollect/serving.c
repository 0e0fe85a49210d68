#include "serving.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/talk.h"
#include "collector.h"
#include "http_server.h"
#include "push.h"
#include "survive.h"

static struct serving {
    pid_t pid;
    struct http_service service;
    struct http_server *server;
    struct window *profile; /* of the server's thread */
    struct push *push;
    char address[128];
} self;

static bool profile_begin(void *context, struct err *err)
{
    (void)context;
    self.profile = collector_open_window(err);
    return self.profile;
}

static bool profile_end(void *context, struct strbuf *out, struct err *err)
{
    struct window *window = self.profile;

    (void)context;
    self.profile = NULL;
    return collector_close_window(window, out, NULL, err);
}

static void profile_drop(void *context)
{
    struct window *window = self.profile;
    struct err unused = {0};

    (void)context;
    self.profile = NULL;
    if (window && !collector_close_window(window, NULL, NULL, &unused))
        return; /* it is gone all the same */
}

static void count(struct metrics_text *text, const char *name, const char *help, uint64_t value)
{
    metrics_text_family(text, name, METRIC_COUNTER, help);
    metrics_text_count(text, name, "", "", value);
}

static void seconds(struct metrics_text *text, const char *name, const char *help, uint64_t ns)
{
    metrics_text_family(text, name, METRIC_COUNTER, help);
    metrics_text_value(text, name, "", "", (double)ns / 1e9);
}

static void write_push(struct metrics_text *text)
{
    struct push_stats stats = push_read_stats(self.push);

    if (!self.push)
        return;
    count(text, "pgo_collect_push_sent_total", "Profiles that the push server took.",
          stats.sent_count);
    count(text, "pgo_collect_push_failures_total", "Attempts to send a profile that failed.",
          stats.failed_count);
    count(text, "pgo_collect_push_dropped_total", "Profiles that were never sent.",
          stats.dropped_count);
}

static void metrics(void *context, struct metrics_text *text)
{
    struct collector_stats stats = collector_read_stats();

    (void)context;
    count(text, "pgo_collect_samples_total", "Samples, by weight: periods of CPU time.",
          stats.sample_weight);
    metrics_text_family(text, "pgo_collect_samples_incomplete_total", METRIC_COUNTER,
                        "Samples whose stack does not reach the outermost frame.");
    metrics_text_count(text, "pgo_collect_samples_incomplete_total", "", "reason=\"broken\"",
                       stats.broken_weight);
    metrics_text_count(text, "pgo_collect_samples_incomplete_total", "", "reason=\"limit\"",
                       stats.limit_weight);
    count(text, "pgo_collect_samples_lost_total", "Samples lost for want of memory, by weight.",
          stats.lost_weight);
    count(text, "pgo_collect_ring_full_total",
          "Records that found no room; the next one of the thread carries their weight.",
          stats.ring_full_count);
    count(text, "pgo_collect_signals_total", "Runs of the signal handler.", stats.signal_count);
    seconds(text, "pgo_collect_handler_seconds_total", "Time in the signal handler.",
            stats.handler_ns);
    seconds(text, "pgo_collect_drain_seconds_total", "Time of the collector's thread.",
            stats.drain_ns);
    count(text, "pgo_collect_threads_lost_total", "Threads that could not be sampled.",
          stats.lost_threads);
    count(text, "pgo_collect_out_of_memory_total", "Work given up for want of memory.",
          stats.out_of_memory_count);
    metrics_text_family(text, "pgo_collect_threads", METRIC_GAUGE, "Threads that are sampled.");
    metrics_text_count(text, "pgo_collect_threads", "", "", stats.thread_count);
    write_push(text);
}

/* "0" or "...:0" */
static bool is_port_chosen(const char *asked)
{
    const char *colon = strrchr(asked, ':');

    return strncmp(asked, "unix:", 5) != 0 && strcmp(colon ? colon + 1 : asked, "0") == 0;
}

static void say_address(const char *asked)
{
    const char *address = http_server_address(self.server);

    snprintf(self.address, sizeof(self.address), "%s", address);
    if (!http_server_is_private(self.server))
        talk_warn("%s: other machines can read this program's profiles and metrics", address);
    if (is_port_chosen(asked))
        talk_say("serves http://%s/debug/pprof/", address);
}

struct starting {
    const struct settings *settings;
    struct err *err;
    bool done;
};

static bool start_server(const struct settings *settings, struct err *err)
{
    self.service = (struct http_service){.profile_begin = profile_begin,
                                         .profile_end = profile_end,
                                         .profile_drop = profile_drop,
                                         .metrics = metrics,
                                         .command_line = settings->command_line};
    self.server = http_server_start(settings->http, &self.service, NULL, err);
    if (!self.server)
        return err_prepend(err, "PGO_COLLECT_HTTP: ");
    say_address(settings->http);
    return true;
}

/* The push first: the server's pages show what became of it. */
static void start(void *data)
{
    struct starting *starting = data;
    const struct settings *settings = starting->settings;

    if (settings->push) {
        self.push = push_start(settings->push, settings->interval_s, settings->hz, starting->err);
        if (!self.push) {
            err_prepend(starting->err, "PGO_COLLECT_PUSH: ");
            return;
        }
    }
    starting->done = !settings->http || start_server(settings, starting->err);
}

void serving_forget(void)
{
    http_server_forget(self.server);
    self.server = NULL;
    self.push = NULL;
    self.profile = NULL;
    self.address[0] = '\0';
}

static void follow_forks(void)
{
    pthread_atfork(NULL, NULL, serving_forget);
}

bool serving_start(const struct settings *settings, struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct starting starting = {.settings = settings, .err = err};

    pthread_once(&once, follow_forks);
    self.pid = getpid();
    self.address[0] = '\0';
    if (!survive_run(start, &starting))
        err_set(err, ERR_LIMIT, "out of memory");
    if (!starting.done)
        serving_stop();
    return starting.done;
}

void serving_stop(void)
{
    if (self.pid != getpid())
        return;
    http_server_stop(self.server); /* first: its pages read the push */
    self.server = NULL;
    push_stop(self.push);
    self.push = NULL;
}

const char *serving_address(void)
{
    return self.address;
}
