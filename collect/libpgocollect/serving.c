#include "serving.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/talk.h"
#include "collector.h"
#include "heap.h"
#include "http_server.h"
#include "metrics_profiler.h"
#include "own_thread.h"
#include "push.h"
#include "survive.h"

/* A child that has not left for exec() after this time is there to stay. */
#define CHILD_PATIENCE_MS 1000

/* Tries for an address that another process has: soon at first, as a wrapper may be on its way to
 * wait for us; then each time after twice as long. */
#define FIRST_PAUSE_MS 50
#define PAUSE_MAX_MS   5000
#define SAY_AFTER_MS   1000

static struct serving {
    pid_t pid;
    pthread_t heir; /* starts what could not be started at once; if heir_fd >= 0 */
    int heir_fd;    /* readable: stop */
    pid_t parent;
    struct http_service service;
    struct http_server *server;
    struct window *profile; /* of the server's thread */
    struct push *push;
    char address_text[128];
    _Atomic(const char *) address; /* that, or NULL */
} self = {.heir_fd = -1};

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

static bool write_heap(void *context, struct strbuf *out, struct err *err)
{
    (void)context;
    return heap_write(out, err);
}

static void metrics(void *context, struct metrics_text *text)
{
    (void)context;
    metrics_write_profiler(self.push, text);
}

/* "0" or "...:0": the system chooses the port. */
static bool is_port_chosen(const char *asked)
{
    const char *colon = strrchr(asked, ':');

    return strncmp(asked, "unix:", 5) != 0 && strcmp(colon ? colon + 1 : asked, "0") == 0;
}

/* Another one in each process. */
static bool is_own_address(const char *asked)
{
    return is_port_chosen(asked) || (strncmp(asked, "unix:", 5) == 0 && strstr(asked, "%p"));
}

static void say_address(const char *asked)
{
    const char *address = http_server_address(self.server);

    snprintf(self.address_text, sizeof(self.address_text), "%s", address);
    atomic_store(&self.address, self.address_text);
    if (!http_server_is_private(self.server))
        talk_warn("%s: other machines can read this program's profiles and metrics", address);
    if (is_port_chosen(asked))
        talk_say("serves http://%s/debug/pprof/", address);
}

static bool start_server(const struct settings *settings, struct err *err)
{
    self.service = (struct http_service){.profile_begin = profile_begin,
                                         .profile_end = profile_end,
                                         .profile_drop = profile_drop,
                                         .heap = write_heap,
                                         .metrics = metrics,
                                         .command_line = settings->command_line};
    self.server = http_server_start(settings->http, &self.service, NULL, err);
    if (self.server)
        say_address(settings->http);
    else
        err_prepend(err, "PGO_COLLECT_HTTP: "); /* keeps errno */
    return self.server;
}

static bool start_push(const struct settings *settings, struct err *err)
{
    self.push = push_start(settings->push, settings->interval_s, settings->hz, err);
    return self.push || err_prepend(err, "PGO_COLLECT_PUSH: ");
}

/* The parent's server and push are not ours. */
static void forget(void)
{
    http_server_forget(self.server);
    if (self.heir_fd >= 0)
        close(self.heir_fd);
    self.heir_fd = -1;
    self.server = NULL;
    self.push = NULL;
    self.profile = NULL;
    atomic_store(&self.address, NULL);
}

/* True after that time, or at the end of what `fd` stands for (-1: nothing); false: to stop. */
static bool heir_waits(int fd, int milliseconds)
{
    struct pollfd polled[] = {{.fd = self.heir_fd, .events = POLLIN}, {.fd = fd, .events = POLLIN}};

    while (poll(polled, ARRAY_SIZE(polled), milliseconds) < 0)
        if (errno != EINTR)
            return false;
    return !polled[0].revents;
}

static bool wait_for_parents_end(void)
{
    int fd = (int)syscall(SYS_pidfd_open, self.parent, 0); /* close-on-exec by itself */
    bool ended;

    if (fd < 0)
        return errno == ESRCH;
    ended = getppid() != self.parent || heir_waits(fd, -1); /* or its number is another's by now */
    close(fd);
    return ended;
}

/* Until nobody else has the address, or it is given to us. Says so, or is quiet. */
static void keep_trying(const struct settings *settings, bool is_quiet)
{
    int pause_ms = FIRST_PAUSE_MS, waited_ms = 0;
    struct err err = {0};

    while (!start_server(settings, &err)) {
        bool is_taken = errno == EADDRINUSE;

        if (is_taken)
            err_hint(&err, "it serves there when the other process has ended; or name another");
        if (!is_quiet && (!is_taken || waited_ms >= SAY_AFTER_MS)) {
            talk_error(&err);
            is_quiet = true;
        }
        if (!is_taken || !heir_waits(-1, pause_ms))
            return;
        waited_ms += pause_ms;
        pause_ms = pause_ms < PAUSE_MAX_MS / 2 ? 2 * pause_ms : PAUSE_MAX_MS;
    }
}

/*
 * A daemon's parent leaves, and the child takes its port over. Of many workers one does, when their
 * parent is gone; the others need not complain.
 */
static void inherit_server(const struct settings *settings)
{
    struct err err = {0};

    if (!is_own_address(settings->http)) {
        if (wait_for_parents_end())
            keep_trying(settings, true);
    } else if (!start_server(settings, &err)) {
        talk_error(&err);
    }
}

static void inherit(void *unused)
{
    const struct settings *settings = collector_settings();
    struct err err = {0};

    (void)unused;
    if (settings->push && !start_push(settings, &err))
        talk_error(&err);
    if (settings->http)
        inherit_server(settings);
}

static void *run_heir(void *unused)
{
    if (heir_waits(-1, CHILD_PATIENCE_MS) && !survive_run(inherit, NULL))
        talk_warn("out of memory: nothing is served");
    return unused;
}

static void wait_for_address(void *unused)
{
    (void)unused;
    keep_trying(collector_settings(), false);
}

static void *run_waiting(void *unused)
{
    if (!survive_run(wait_for_address, NULL))
        talk_warn("out of memory: nothing is served");
    return unused;
}

static bool start_heir(void *(*run)(void *))
{
    self.heir_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (self.heir_fd < 0)
        return false;
    if (own_thread_start("pgo-heir", run, NULL, &self.heir))
        return true;
    close(self.heir_fd);
    self.heir_fd = -1;
    return false;
}

/* After the collector's own handler, which was registered before: it may run again by now. */
static void after_fork_in_child(void)
{
    forget();
    self.parent = self.pid; /* getppid() may already be another's */
    self.pid = getpid();
    if (!collector_is_running() || !(collector_settings()->http || collector_settings()->push))
        return;
    if (!start_heir(run_heir))
        talk_warn("no thread for a server in a child: nothing is served");
}

static void follow_forks(void)
{
    pthread_atfork(NULL, NULL, after_fork_in_child);
}

struct starting {
    const struct settings *settings;
    bool may_wait;
    struct err *err;
    bool done;
};

/* The push first: the server's pages show what became of it. */
static void start(void *data)
{
    struct starting *starting = data;
    const struct settings *settings = starting->settings;

    starting->done = (!settings->push || start_push(settings, starting->err)) &&
                     (!settings->http || start_server(settings, starting->err) ||
                      (starting->may_wait && errno == EADDRINUSE && start_heir(run_waiting)));
}

bool serving_start(const struct settings *settings, bool may_wait, struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct starting starting = {.settings = settings, .may_wait = may_wait, .err = err};

    pthread_once(&once, follow_forks);
    self.pid = getpid();
    atomic_store(&self.address, NULL);
    if (!survive_run(start, &starting))
        err_set(err, ERR_LIMIT, "out of memory");
    if (!starting.done)
        serving_stop();
    return starting.done;
}

/* Ends the thread that may still start something. */
static void dismiss_heir(void)
{
    const uint64_t one = 1;

    if (self.heir_fd < 0)
        return;
    while (write(self.heir_fd, &one, sizeof(one)) < 0 && errno == EINTR)
        ;
    pthread_join(self.heir, NULL);
    close(self.heir_fd);
    self.heir_fd = -1;
}

void serving_stop(void)
{
    if (self.pid != getpid())
        return;
    dismiss_heir();
    http_server_stop(self.server); /* first: its pages read the push */
    self.server = NULL;
    push_stop(self.push);
    self.push = NULL;
    atomic_store(&self.address, NULL);
}

const char *serving_address(void)
{
    const char *address = atomic_load(&self.address);

    return address ? address : "";
}
