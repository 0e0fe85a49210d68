#include "sampler.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"

/* With its header page this is what perf_event_mlock_kb grants every user for each CPU. */
#define RING_BYTES     ((size_t)512 * 1024)
#define RING_MIN_BYTES ((size_t)64 * 1024)
#define MAX_CPUS       8192

/* A sample with a copy of the stack is as long as a hundred others. */
#define RING_STACK_BYTES ((size_t)4 * 1024 * 1024)

/* "0-3,6" */
static bool parse_cpus(struct sampler *sampler, const char *text)
{
    while (*text && *text != '\n') {
        char *end;
        long first = strtol(text, &end, 10), last = first;

        if (end == text)
            return false;
        if (*end == '-') {
            text = end + 1;
            last = strtol(text, &end, 10);
        }
        if (first < 0 || last < first || last >= MAX_CPUS)
            return false;
        sampler->cpus =
            mem_realloc(sampler->cpus,
                        (sampler->cpu_count + (size_t)(last - first) + 1) * sizeof(*sampler->cpus));
        for (long cpu = first; cpu <= last; cpu++)
            sampler->cpus[sampler->cpu_count++] = (int)cpu;
        text = *end == ',' ? end + 1 : end;
    }
    return sampler->cpu_count > 0;
}

static bool find_cpus(struct sampler *sampler, struct err *err)
{
    const char *path = "/sys/devices/system/cpu/online";
    struct strbuf text = {0};
    bool done = file_read(path, 4096, &text, err);

    if (done && !parse_cpus(sampler, strbuf_text(&text)))
        done = err_set(err, ERR_FORMAT, "%s: not a list of CPUs: %s", path, strbuf_text(&text));
    strbuf_release(&text);
    return done;
}

static void raise_descriptor_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

bool sampler_open(struct sampler *sampler, const struct event_wish *wish, struct err *err)
{
    *sampler = (struct sampler){0};
    if (!find_cpus(sampler, err) ||
        !event_find(&sampler->event, wish, sampler->cpus, sampler->cpu_count, err)) {
        sampler_close(sampler);
        return false;
    }
    sampler->event.attr.wakeup_watermark = RING_BYTES / 4; /* of the larger ones as well */
    sampler->rings = mem_array(sampler->cpu_count, sizeof(*sampler->rings));
    sampler->ring_fds = mem_array(sampler->cpu_count, sizeof(*sampler->ring_fds));
    for (size_t i = 0; i < sampler->cpu_count; i++)
        sampler->ring_fds[i] = -1;
    return true;
}

void sampler_close(struct sampler *sampler)
{
    for (size_t i = 0; sampler->rings && i < sampler->cpu_count; i++)
        ring_close(&sampler->rings[i]);
    for (size_t i = 0; i < sampler->fd_count; i++)
        close(sampler->fds[i]);
    free(sampler->rings);
    free(sampler->ring_fds);
    free(sampler->fds);
    free(sampler->cpus);
    queue_release(&sampler->queue);
    *sampler = (struct sampler){0};
}

/* A smaller ring where little memory may be locked, down to one that is of no use. */
static bool open_ring(struct sampler *sampler, size_t cpu, int fd, struct err *err)
{
    size_t len = sampler->event.attr.sample_stack_user ? RING_STACK_BYTES : RING_BYTES;

    while (!ring_open(&sampler->rings[cpu], fd, len)) {
        if (errno == EPERM && len > RING_MIN_BYTES) {
            len /= 2;
            continue;
        }
        err_set(err, ERR_IO, "cannot map a perf ring of %zu bytes for CPU %d: %s", len,
                sampler->cpus[cpu], strerror(errno));
        return err_hint(err, "raise `ulimit -l` or, as root, kernel.perf_event_mlock_kb");
    }
    sampler->ring_fds[cpu] = fd;
    return true;
}

static bool add_on_cpu(struct sampler *sampler, const struct event *event, int tid, size_t cpu,
                       bool *vanished, struct err *err)
{
    int fd = event_open(event, tid, sampler->cpus[cpu]);

    if (fd < 0 && errno == ENODEV) /* the CPU went offline */
        return true;
    if (fd < 0 && errno == ESRCH) {
        *vanished = true;
        return true;
    }
    if (fd < 0) {
        event_explain(errno, tid == EVENT_ALL_THREADS, err);
        return tid == EVENT_ALL_THREADS ? false : err_prepend(err, "thread %d: ", tid);
    }
    *ARRAY_PUSH(sampler->fds, sampler->fd_count, sampler->fd_capacity) = fd;
    if (sampler->ring_fds[cpu] < 0)
        return open_ring(sampler, cpu, fd, err);
    if (ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, sampler->ring_fds[cpu]) != 0)
        return err_errno(err, "perf event", "cannot share a ring");
    return true;
}

bool sampler_add(struct sampler *sampler, int tid, enum sampler_start start, bool *vanished,
                 struct err *err)
{
    struct event event = sampler->event;

    if (sampler->fd_count == 0)
        raise_descriptor_limit();
    *vanished = false;
    event.attr.disabled = event.attr.enable_on_exec = start == SAMPLER_AT_EXEC;
    for (size_t i = 0; i < sampler->cpu_count && !*vanished; i++)
        if (!add_on_cpu(sampler, &event, tid, i, vanished, err))
            return false;
    return true;
}

bool sampler_add_all(struct sampler *sampler, struct err *err)
{
    bool vanished;

    return sampler_add(sampler, EVENT_ALL_THREADS, SAMPLER_NOW, &vanished, err);
}

void sampler_poll_fds(const struct sampler *sampler, struct pollfd *fds)
{
    for (size_t i = 0; i < sampler->cpu_count; i++)
        fds[i] = (struct pollfd){.fd = sampler->ring_fds[i], .events = POLLIN};
}

void sampler_stop(struct sampler *sampler)
{
    for (size_t i = 0; i < sampler->fd_count; i++)
        ioctl(sampler->fds[i], PERF_EVENT_IOC_DISABLE, 0);
}

void sampler_read(struct sampler *sampler, bool last)
{
    struct perf_record record;
    struct err ignored = {0};
    const void *bytes;
    size_t len;

    for (size_t i = 0; i < sampler->cpu_count; i++) {
        struct ring *ring = &sampler->rings[i];

        if (!ring->page)
            continue;
        ring_start(ring);
        while (ring_next(ring, &bytes, &len))
            if (perf_record_read(bytes, len, &sampler->event.layout, &record, &ignored))
                queue_add(&sampler->queue, record.time_ns, bytes, len);
            else
                sampler->damaged++;
        ring_finish(ring);
    }
    if (last)
        queue_end(&sampler->queue);
    else
        queue_end_round(&sampler->queue);
}

bool sampler_next(struct sampler *sampler, struct perf_record *record)
{
    struct err ignored = {0};
    const void *bytes;
    size_t len;

    while (queue_next(&sampler->queue, &bytes, &len))
        if (perf_record_read(bytes, len, &sampler->event.layout, record, &ignored))
            return true;
    return false;
}
