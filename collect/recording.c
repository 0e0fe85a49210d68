#include "recording.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/talk.h"
#include "proc.h"

#define GRACE_NS (2 * CLOCK_NS_PER_S)
#define AGAIN_NS (CLOCK_NS_PER_S / 5)  /* one Ctrl-C may arrive twice: at us and at our group */
#define ROUND_NS (CLOCK_NS_PER_S / 10) /* a ring that fills earlier wakes us */

/* The signals that end a recording arrive on a descriptor from now on. */
static int take_signals(struct err *err)
{
    sigset_t signals;
    int fd;

    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0)
        err_errno(err, "signalfd", "cannot create");
    else
        sigprocmask(SIG_BLOCK, &signals, NULL);
    return fd;
}

/*
 * The threads that a process has now; those born later are inherited. Listed once: a thread that
 * is born during the few milliseconds of this loop, by one that it has not come to, is not seen.
 */
static bool attach(struct recording *recording, struct err *err)
{
    pid_t pid = recording->target->pid;
    size_t count, added = 0;
    int *tids = proc_threads(pid, &count);
    bool vanished, done = true;

    for (size_t i = 0; done && i < count; i++) {
        done = sampler_add(recording->sampler, tids[i], SAMPLER_NOW, &vanished, err);
        added += !vanished;
    }
    free(tids);
    if (done && added == 0)
        done = err_set(err, ERR_NOT_FOUND, "-p %d: the process has ended", (int)pid);
    if (done) /* after the events: what is mapped from now on comes as a record */
        proc_map(pid, recording->trace);
    return done;
}

static void name_process(struct recording *recording, pid_t pid)
{
    char *name = proc_program(pid);

    processes_name(&recording->trace->processes, (uint32_t)pid, name);
    free(name);
}

static bool attach_all(struct recording *recording, struct err *err)
{
    size_t count;
    int *pids;

    if (!sampler_add_all(recording->sampler, err))
        return false;
    pids = proc_list(&count); /* after the events, as above */
    for (size_t i = 0; i < count; i++) {
        name_process(recording, pids[i]);
        proc_map(pids[i], recording->trace);
    }
    free(pids);
    return true;
}

static bool start(struct recording *recording, struct err *err)
{
    bool vanished;

    if (recording->preload)
        return target_go(recording->target, err);
    if (!recording->target->pid)
        return attach_all(recording, err);
    if (!recording->target->is_command)
        return attach(recording, err);
    return sampler_add(recording->sampler, recording->target->pid, SAMPLER_AT_EXEC, &vanished,
                       err) &&
           target_go(recording->target, err);
}

static void read_round(struct recording *recording, bool last)
{
    struct perf_record record;

    if (recording->preload) {
        preload_read(recording->preload, recording->trace);
        return;
    }
    sampler_read(recording->sampler, last);
    while (sampler_next(recording->sampler, &record))
        trace_add(recording->trace, &record);
}

enum stop {
    STOP_NOT,
    STOP_TERMINAL, /* Ctrl-C: the whole process group has got the signal */
    STOP_ALONE,    /* the time is over, or somebody sent us a signal */
};

static size_t ring_count(const struct recording *recording)
{
    return recording->sampler ? recording->sampler->cpu_count : 0;
}

/* Until something is to be read, a signal comes, or the time is over. */
static enum stop wait_round(const struct recording *recording, int signal_fd, struct pollfd *fds,
                            int64_t left_ns)
{
    size_t cpus = ring_count(recording);
    int64_t wait_ns = left_ns < ROUND_NS ? left_ns : ROUND_NS;
    struct signalfd_siginfo info;

    if (left_ns <= 0)
        return STOP_ALONE;
    fds[cpus] = (struct pollfd){.fd = signal_fd, .events = POLLIN};
    fds[cpus + 1] = (struct pollfd){.fd = recording->target->pid_fd, .events = POLLIN};
    if (poll(fds, cpus + 2, (int)(wait_ns / 1000000) + 1) <= 0)
        return STOP_NOT;
    for (size_t i = 0; i < cpus; i++)
        if (fds[i].revents & (POLLHUP | POLLERR))
            fds[i].fd = -1; /* its threads have ended: nothing to wake us for, still read */
    if (read(signal_fd, &info, sizeof(info)) == sizeof(info))
        return info.ssi_code == SI_KERNEL ? STOP_TERMINAL : STOP_ALONE;
    return STOP_NOT;
}

static void run(struct recording *recording, int signal_fd, struct pollfd *fds)
{
    struct target *target = recording->target;
    int64_t begin_ns = clock_steady_ns(), end_ns = INT64_MAX, at_ns;
    enum stop stop;

    if (recording->max_seconds > 0)
        end_ns = begin_ns + (int64_t)(recording->max_seconds * (double)CLOCK_NS_PER_S);
    for (;;) {
        read_round(recording, false);
        target_check(target);
        at_ns = clock_steady_ns();
        recording->duration_ns = at_ns - begin_ns;
        if (target->ended)
            return;
        talk_progress("%.0f s, %" PRIu64 " samples", (double)(at_ns - begin_ns) / CLOCK_NS_PER_S,
                      recording->trace->sample_count);
        stop = wait_round(recording, signal_fd, fds, end_ns - at_ns);
        if (stop == STOP_NOT)
            continue;
        if (recording->was_stopped && at_ns < end_ns - GRACE_NS + AGAIN_NS)
            continue;
        if (recording->was_stopped || !target->is_command)
            break;
        recording->was_stopped = true;
        end_ns = at_ns + GRACE_NS;
        if (stop == STOP_ALONE)
            kill(target->pid, SIGTERM);
    }
    recording->was_stopped = true;
}

bool recording_run(struct recording *recording, struct err *err)
{
    struct pollfd *fds;
    int signal_fd = take_signals(err);

    if (signal_fd < 0)
        return false;
    recording->time_ns = clock_read_ns(CLOCK_REALTIME);
    if (!start(recording, err)) {
        close(signal_fd);
        return false;
    }
    fds = mem_array(ring_count(recording) + 2, sizeof(*fds));
    if (recording->sampler)
        sampler_poll_fds(recording->sampler, fds);
    run(recording, signal_fd, fds);
    talk_progress_end();
    if (recording->sampler)
        sampler_stop(recording->sampler);
    read_round(recording, true);
    free(fds);
    close(signal_fd);
    return true;
}
