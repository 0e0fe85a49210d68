#include "import_perf.h"

#include <inttypes.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/progress.h"
#include "event_choice.h"
#include "profile/perf_event.h"
#include "trace.h"

/* Samples of the chosen event, of one process under one name. */
struct process_count {
    uint64_t seen_count, kept_count;
};

struct importing {
    const struct import_options *options;
    struct perf_data *data;
    struct event_choice choice;
    struct trace trace;
    struct process_count *processes; /* by tag */
    size_t process_count, process_capacity;
    uint64_t other_count;       /* samples of events that were not chosen */
    uint64_t unasked_count;     /* ... of processes that were not asked for */
    uint64_t first_ns, last_ns; /* of the samples; 0: no times */
};

/* What the records of this file mean here. */
static void set_up_trace(struct importing *importing)
{
    const struct perf_record_layout *layout = &importing->choice.first->layout;
    const char *machine = perf_data_origin(importing->data)->machine;
    struct utsname here;

    importing->trace.has_foreign_registers =
        layout->is_swapped ||
        (machine[0] && uname(&here) == 0 && strcmp(machine, here.machine) != 0);
    importing->trace.calls_are_branches =
        (layout->sample_type & PERF_SAMPLE_BRANCH_STACK) != 0 &&
        (layout->branch_sample_type & PERF_SAMPLE_BRANCH_CALL_STACK) != 0;
}

static const char *process_name(struct importing *importing, uint32_t tag, uint32_t *pid)
{
    return processes_describe(&importing->trace.processes, tag, pid);
}

static bool is_asked_for(struct importing *importing, uint32_t tag)
{
    const struct import_options *options = importing->options;
    bool has_pid = !options->pid_count, has_comm = !options->comm_count;
    uint32_t pid;
    const char *name = process_name(importing, tag, &pid);

    for (size_t i = 0; i < options->pid_count; i++)
        has_pid = has_pid || options->pids[i] == pid;
    for (size_t i = 0; i < options->comm_count; i++)
        has_comm = has_comm || strcmp(options->comms[i], name) == 0;
    return has_pid && has_comm;
}

static void note_time(struct importing *importing, uint64_t time_ns)
{
    if (time_ns && (!importing->first_ns || time_ns < importing->first_ns))
        importing->first_ns = time_ns;
    if (time_ns > importing->last_ns)
        importing->last_ns = time_ns;
}

/* What a sample stands for whose event was not told to write its period. */
static uint64_t default_period(const struct perf_data_event *event)
{
    if (!event->is_frequency)
        return event->period;
    return perf_event_kind(event) == PERF_EVENT_CLOCK && event->period ? 1000000000 / event->period
                                                                       : 0;
}

static void add_sample(struct importing *importing, struct perf_record *record)
{
    const struct perf_data_event *event = &importing->choice.events[record->event];
    uint64_t kept_count = importing->trace.sample_count;
    struct process_count *process;
    uint32_t tag;

    if (!importing->choice.is_chosen[record->event]) {
        importing->other_count++;
        return;
    }
    note_time(importing, record->time_ns);
    if (!(event->layout.sample_type & PERF_SAMPLE_PERIOD))
        record->sample.period = default_period(event);
    tag = processes_tag(&importing->trace.processes, record->pid);
    while (importing->process_count <= tag)
        *ARRAY_PUSH(importing->processes, importing->process_count, importing->process_capacity) =
            (struct process_count){0};
    process = &importing->processes[tag];
    process->seen_count++;
    if (!is_asked_for(importing, tag)) {
        importing->unasked_count++;
        return;
    }
    trace_add(&importing->trace, record);
    process->kept_count += importing->trace.sample_count - kept_count;
}

static bool read_records(struct importing *importing, struct err *err)
{
    struct perf_record record;
    enum perf_data_step step;

    set_up_trace(importing);
    while ((step = perf_data_next(importing->data, &record, err)) == PERF_DATA_RECORD) {
        if (record.type == PERF_RECORD_SAMPLE)
            add_sample(importing, &record);
        else
            trace_add(&importing->trace, &record);
    }
    if (step == PERF_DATA_ERROR && err->kind == ERR_FORMAT)
        err_hint(err, "it was cut short or damaged: copy it again, or record again");
    return step == PERF_DATA_END;
}

/* A stack of all branches; one that stands for the call chain is none. */
static bool check_branches(const struct importing *importing, struct err *err)
{
    const struct perf_record_layout *layout = &importing->choice.first->layout;

    if (importing->options->drops_branches || !(layout->sample_type & PERF_SAMPLE_BRANCH_STACK) ||
        layout->branch_sample_type & PERF_SAMPLE_BRANCH_CALL_STACK)
        return true;
    err_set(err, ERR_UNSUPPORTED,
            "found a recording of branches, which a pprof cannot hold; they say more than samples");
    return err_hint(err,
                    "`pgo-convert -o default.pgo PERF.DATA` makes use of them; --drop-branches "
                    "imports the samples alone");
}

static size_t count_kept(const struct importing *importing)
{
    size_t count = 0;

    for (size_t i = 0; i < importing->process_count; i++)
        count += importing->processes[i].kept_count > 0;
    return count;
}

/* "sh (pid 12): 655 samples, ..." of those with the most, for an error. */
static void list_processes(struct importing *importing, struct strbuf *out)
{
    enum { MOST = 8 };

    for (size_t listed = 0; listed < MOST; listed++) {
        struct process_count *most = NULL;
        const char *name;
        uint32_t pid;

        for (size_t i = 0; i < importing->process_count; i++)
            if (importing->processes[i].seen_count &&
                (!most || importing->processes[i].seen_count > most->seen_count))
                most = &importing->processes[i];
        if (!most)
            return;
        name = process_name(importing, (uint32_t)(most - importing->processes), &pid);
        strbuf_add_format(out, "%s%s (pid %" PRIu32 ", %" PRIu64 ")", listed ? ", " : "",
                          name[0] ? name : "one without a name", pid, most->seen_count);
        most->seen_count = 0;
    }
    strbuf_add_text(out, ", ...");
}

static bool explain_none(struct importing *importing, struct err *err)
{
    const struct trace *trace = &importing->trace;
    uint64_t in_kernel = trace->kernel_count + trace->idle_count;
    struct strbuf name = {0}, processes = {0};

    event_choice_name(importing->choice.first, &name);
    if (in_kernel || trace->guest_count) {
        err_set(err, ERR_NOT_FOUND,
                "no samples in user space, nothing written: %" PRIu64
                " of %s are within the kernel, %" PRIu64 " within a virtual machine",
                in_kernel, strbuf_text(&name), trace->guest_count);
        err_hint(err, "record the program under load; --kernel keeps what ran within the kernel");
    } else if (importing->unasked_count) {
        list_processes(importing, &processes);
        err_set(err, ERR_NOT_FOUND, "no samples of that process, found %s",
                strbuf_text(&processes));
        err_hint(err, "--comm and --pid take one of them");
    } else {
        err_set(err, ERR_NOT_FOUND,
                "no samples of %s, nothing written; %" PRIu64 " of other events",
                strbuf_text(&name), importing->other_count);
        err_hint(err, importing->other_count
                          ? "choose another event: --event=NAME"
                          : "record for longer, under load; what Intel PT recorded becomes samples "
                            "by `perf inject --itrace=i100us`");
    }
    strbuf_release(&name);
    strbuf_release(&processes);
    return false;
}

static void fill_values(const void *context, uint32_t id, int64_t *values)
{
    const struct trace *trace = context;
    uint64_t period = trace->periods[id];

    values[0] = (int64_t)trace->stacks.counts[id];
    values[1] = period > INT64_MAX ? INT64_MAX : (int64_t)period;
}

static void set_types(const struct importing *importing, struct profile *profile)
{
    const struct perf_data_event *event = importing->choice.first;
    const struct trace *trace = &importing->trace;
    struct strbuf unit = {0};
    uint64_t sum = 0;

    profile_add_value_type(profile, "samples", "count");
    if (perf_event_kind(event) == PERF_EVENT_CLOCK) {
        profile_add_value_type(profile, "cpu", "nanoseconds");
    } else {
        event_choice_unit(event, &unit);
        profile_add_value_type(profile, strbuf_text(&unit), "count");
    }
    strbuf_release(&unit);
    for (size_t i = 0; i < trace->period_count; i++)
        sum = saturating_add(sum, trace->periods[i]);
    profile->period_type = profile->value_types[1];
    profile->period = (int64_t)(sum / trace->sample_count & INT64_MAX);
    profile->duration_ns = (int64_t)((importing->last_ns - importing->first_ns) & INT64_MAX);
}

static void add_comments(const struct importing *importing, struct profile *profile)
{
    const struct perf_data_origin *origin = perf_data_origin(importing->data);
    const struct trace *trace = &importing->trace;
    struct strbuf name = {0};

    event_choice_name(importing->choice.first, &name);
    profile_add_comment(profile, "sampler: perf record%s%s, %s", origin->perf_version[0] ? " " : "",
                        origin->perf_version, strbuf_text(&name));
    if (origin->kernel[0])
        profile_add_comment(profile, "kernel: %s %s", origin->kernel, origin->machine);
    profile_add_comment(profile,
                        "samples: %" PRIu64 ", lost: %" PRIu64 ", lost records: %" PRIu64
                        ", throttled: %" PRIu64,
                        trace->sample_count, trace->lost_sample_count, trace->lost_record_count,
                        trace->throttled_count);
    profile_add_comment(profile, "samples within the kernel, left out: %" PRIu64,
                        trace->kernel_count + trace->idle_count);
    if (trace->guest_count)
        profile_add_comment(profile, "samples within virtual machines, left out: %" PRIu64,
                            trace->guest_count);
    if (importing->unasked_count)
        profile_add_comment(profile, "samples of other processes, left out: %" PRIu64,
                            importing->unasked_count);
    if (importing->other_count)
        profile_add_comment(profile, "samples of other events, left out: %" PRIu64,
                            importing->other_count);
    strbuf_release(&name);
}

static struct profile *build_profile(const struct importing *importing)
{
    const struct trace *trace = &importing->trace;
    struct profile *profile = profile_new();
    struct arena arena = {0};

    set_types(importing, profile);
    profile_add_comment(profile, "pgo-collect %s, import", PGO_VERSION);
    add_comments(importing, profile);
    stacks_build_values(
        &trace->stacks,
        count_kept(importing) > 1 ? processes_labels(&trace->processes, &arena) : NULL,
        trace->spaces.mappings, trace->spaces.mapping_count, fill_values, trace, profile);
    arena_release(&arena);
    return profile;
}

static void add_share(struct strbuf *out, uint64_t part, uint64_t whole, const char *what)
{
    if (part)
        strbuf_add_format(out, "; %.1f%% (%" PRIu64 "/%" PRIu64 ") %s, left out",
                          100.0 * (double)part / (double)whole, part, whole, what);
}

static void summarize(const struct importing *importing, struct strbuf *out)
{
    const struct trace *trace = &importing->trace;
    uint64_t kernel = trace->kernel_count + trace->idle_count;
    uint64_t all = trace->sample_count + kernel + trace->guest_count + importing->unasked_count;

    strbuf_add_format(out, "%" PRIu64 " samples (", trace->sample_count);
    event_choice_name(importing->choice.first, out);
    strbuf_add_format(out, ") of %zu %s, %zu %s in %.1f s; %" PRIu64 " lost", trace->pids.count,
                      trace->pids.count == 1 ? "process" : "processes", trace->tids.count,
                      trace->tids.count == 1 ? "thread" : "threads",
                      (double)(importing->last_ns - importing->first_ns) / 1e9,
                      trace_lost_count(trace));
    if (trace->throttled_count)
        strbuf_add_format(out, ", throttled %" PRIu64 " times", trace->throttled_count);
    add_share(out, kernel, all, "within the kernel");
    add_share(out, trace->guest_count, all, "within virtual machines");
    add_share(out, importing->unasked_count, all, "of other processes");
}

static void release(struct importing *importing)
{
    event_choice_release(&importing->choice);
    perf_data_close(importing->data);
    trace_release(&importing->trace);
    free(importing->processes);
}

void imported_release(struct imported *imported)
{
    profile_free(imported->profile);
    strbuf_release(&imported->summary);
    *imported = (struct imported){0};
}

static void looked_at(void *context, size_t off)
{
    const struct file_map *map = context;

    file_map_forget(map);
    progress_part(off, map->len);
}

bool import_perf(const struct file_map *map, const struct import_options *options,
                 struct binaries *binaries, struct imported *imported, struct err *err)
{
    struct perf_data_watch watch = {looked_at, (void *)(uintptr_t)map};
    struct importing importing = {.options = options,
                                  .data = perf_data_open(map->data, map->len, &watch, err),
                                  .trace = {.by_process = true,
                                            .is_of_file = true,
                                            .binaries = binaries,
                                            .keeps_kernel = options->keeps_kernel}};
    bool done = importing.data &&
                event_choice_make(&importing.choice, importing.data, options->event, err) &&
                check_branches(&importing, err) && read_records(&importing, err) &&
                (importing.trace.sample_count || explain_none(&importing, err));

    if (done) {
        imported->profile = build_profile(&importing);
        summarize(&importing, &imported->summary);
    }
    release(&importing);
    return done;
}
