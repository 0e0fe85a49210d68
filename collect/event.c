#include "event.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/number.h"
#include "file_unwind.h"

static const struct {
    const char *name;
    uint32_t type;
    uint64_t config;
} candidates[] = {
    {"cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES},
    {"cpu-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK},
};

/* A number in /proc/sys/kernel; `missing` when it cannot be read. */
static int64_t read_setting(const char *path, int64_t missing)
{
    struct strbuf text = {0};
    struct err ignored = {0};
    int64_t value = missing;
    uint64_t number;
    bool negative;

    if (file_read(path, 64, &text, &ignored) && text.len) {
        if (text.data[text.len - 1] == '\n')
            text.data[text.len - 1] = '\0';
        negative = text.data[0] == '-';
        if (number_parse_u64(text.data + negative, &number) && number <= INT32_MAX)
            value = negative ? -(int64_t)number : (int64_t)number;
    }
    strbuf_release(&text);
    return value;
}

/*
 * The clock gets a fixed period, so that each of its samples has one known weight; cycles, whose
 * rate varies, are left to the kernel to bring to HZ.
 */
static struct perf_event_attr describe(size_t candidate, const struct event_wish *wish)
{
    struct perf_event_attr attr = {
        .type = candidates[candidate].type,
        .size = sizeof(attr),
        .config = candidates[candidate].config,
        .sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME,
        .inherit = !wish->is_machine_wide,
        .exclude_kernel = !wish->is_machine_wide,
        .exclude_hv = 1,
        .exclude_callchain_kernel = 1,
        .mmap = 1,
        .mmap2 = 1,
        .comm = 1,
        .comm_exec = 1,
        .task = 1,
        .sample_id_all = 1,
        .build_id = 1,
        .use_clockid = 1,
        .clockid = CLOCK_MONOTONIC,
        .watermark = 1,
    };

    if (wish->call_chains)
        attr.sample_type |= PERF_SAMPLE_CALLCHAIN;
    if (wish->stack_bytes) {
        attr.sample_type |= PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER;
        attr.sample_regs_user = file_unwind_registers();
        attr.sample_stack_user = wish->stack_bytes;
    }
    if (attr.type == PERF_TYPE_SOFTWARE) {
        attr.sample_period = 1000000000 / wish->hz;
        attr.exclude_idle = wish->is_machine_wide; /* counters idle, or refuse it (AArch64) */
    } else {
        attr.freq = 1;
        attr.sample_freq = wish->hz;
    }
    return attr;
}

int event_open(const struct event *event, int tid, int cpu)
{
    return (int)syscall(SYS_perf_event_open, &event->attr, tid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

/* 0, or the errno of the first CPU that refuses. */
static int try_everywhere(struct event event, int tid, const int *cpus, size_t cpu_count)
{
    event.attr.disabled = 1;
    for (size_t i = 0; i < cpu_count; i++) {
        int fd = event_open(&event, tid, cpus[i]);

        if (fd < 0)
            return errno;
        close(fd);
    }
    return 0;
}

static bool check_rate(uint64_t hz, struct err *err)
{
    int64_t max_hz = read_setting("/proc/sys/kernel/perf_event_max_sample_rate", INT32_MAX);

    if (hz <= (uint64_t)max_hz)
        return true;
    err_set(err, ERR_LIMIT, "-F %" PRIu64 ": above this kernel's limit of %" PRId64 " Hz", hz,
            max_hz);
    return err_hint(err, "lower -F, or set kernel.perf_event_max_sample_rate with sysctl as root");
}

bool event_find(struct event *event, const struct event_wish *wish, const int *cpus,
                size_t cpu_count, struct err *err)
{
    int tid = wish->is_machine_wide ? EVENT_ALL_THREADS : 0, code = ENOENT;

    if (!check_rate(wish->hz, err))
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(candidates); i++) {
        struct event found = {.name = candidates[i].name, .attr = describe(i, wish)};

        found.layout.sample_type = found.attr.sample_type;
        found.layout.sample_regs_user = found.attr.sample_regs_user;
        found.layout.sample_id_all = true;
        code = try_everywhere(found, tid, cpus, cpu_count);
        if (code == EINVAL) { /* before Linux 5.12 the kernel does not know build ids */
            found.attr.build_id = 0;
            code = try_everywhere(found, tid, cpus, cpu_count);
        }
        if (code == 0) {
            *event = found;
            return true;
        }
        if (code == EACCES || code == EPERM)
            break;
    }
    return event_explain(code, wish->is_machine_wide, err);
}

static bool is_unsupported(int code)
{
    return code == EACCES || code == EPERM || code == ENOENT || code == ENOSYS || code == ENODEV ||
           code == EOPNOTSUPP;
}

bool event_explain(int code, bool is_machine_wide, struct err *err)
{
    int64_t paranoid = read_setting("/proc/sys/kernel/perf_event_paranoid", INT64_MIN);
    int enough = is_machine_wide ? 0 : 2;

    err_set(err, is_unsupported(code) ? ERR_UNSUPPORTED : ERR_IO, "perf_event_open: %s",
            strerror(code));
    if (code == EMFILE || code == ENFILE) /* nor can a setting be read then */
        return err_hint(err, "each thread needs a descriptor for each CPU: raise `ulimit -Hn`, or "
                             "record fewer threads");
    if (code == ENOSYS || paranoid == INT64_MIN)
        return err_hint(err,
                        "this kernel has no perf events (CONFIG_PERF_EVENTS), or a container's "
                        "seccomp profile hides them");
    if (code != EACCES && code != EPERM)
        return err_hint(err,
                        "`perf stat -e cpu-clock:u true` tells whether perf works here at all");
    if (paranoid > enough)
        return err_hint(err,
                        "kernel.perf_event_paranoid is %" PRId64 ": as root, run `sysctl "
                        "kernel.perf_event_paranoid=%d`, or give pgo-collect CAP_PERFMON",
                        paranoid, enough);
    if (is_machine_wide)
        return err_hint(err,
                        "kernel.perf_event_paranoid is %" PRId64 ", which is enough for -a; in a "
                        "container the seccomp profile must allow perf_event_open",
                        paranoid);
    return err_hint(err,
                    "kernel.perf_event_paranoid is %" PRId64 ", which is enough for one's own "
                    "processes; another user's need CAP_PERFMON, and in a container the seccomp "
                    "profile must allow perf_event_open",
                    paranoid);
}
