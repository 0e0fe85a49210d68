#include "trace.h"

#include <linux/perf_event.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"
#include "binary/image.h"

#define KERNEL_PID UINT32_MAX /* as perf's own records of the kernel's code have it */

/* Remembered by file name: libraries are mapped by every process. */
static const char *read_build_id(struct trace *trace, const char *file)
{
    uint32_t id = byteset_add_text(&trace->files, file);

    if (id == trace->build_id_count)
        *ARRAY_PUSH(trace->build_ids, trace->build_id_count, trace->build_id_capacity) =
            image_read_build_id(file);
    return trace->build_ids[id];
}

void trace_map(struct trace *trace, uint32_t pid, const struct perf_record_map *map)
{
    const char *build_id = "";

    if (!trace->is_of_file && !map->build_id_len && map->name[0] == '/' &&
        map->name[1] != '/') /* "//anon" is no file */
        build_id = read_build_id(trace, map->name);
    address_spaces_map_record(&trace->spaces, pid, map, build_id);
}

static void push(struct trace *trace, size_t *count, uint64_t ip, uint64_t mapping)
{
    *ARRAY_PUSH(trace->frames, *count, trace->frame_capacity) =
        (struct stack_frame){.ip = ip, .mapping = mapping};
}

/* Whose code a part of a call chain is. */
enum context { CONTEXT_USER, CONTEXT_KERNEL, CONTEXT_GUEST };

static enum context context_of_marker(uint64_t marker)
{
    switch ((int64_t)marker) {
    case PERF_CONTEXT_USER:
        return CONTEXT_USER;
    case PERF_CONTEXT_KERNEL:
    case PERF_CONTEXT_HV:
        return CONTEXT_KERNEL;
    default:
        return CONTEXT_GUEST;
    }
}

static enum context context_of_sample(const struct perf_record *record)
{
    switch (record->misc & PERF_RECORD_MISC_CPUMODE_MASK) {
    case PERF_RECORD_MISC_KERNEL:
    case PERF_RECORD_MISC_HYPERVISOR:
        return CONTEXT_KERNEL;
    case PERF_RECORD_MISC_GUEST_KERNEL:
    case PERF_RECORD_MISC_GUEST_USER:
        return CONTEXT_GUEST;
    default:
        return CONTEXT_USER;
    }
}

static uint32_t find_mapping(const struct trace *trace, enum context context, uint32_t pid,
                             uint64_t ip)
{
    return address_spaces_find(&trace->spaces, context == CONTEXT_KERNEL ? KERNEL_PID : pid, ip);
}

static bool has_copy(const struct trace *trace, const struct perf_record *record)
{
    return record->sample.registers && record->sample.stack && !trace->has_foreign_registers;
}

/*
 * The stack of callers, after the leaf, which is the first of its own context once more. Where the
 * kernel was entered the ip is that of the code that was interrupted; all others are return
 * addresses. One of them outside all code is where a function without frame pointer has led the
 * kernel astray: what follows is as wrong, so the stack ends. A leaf function without a frame of
 * its own hides its direct caller; nothing here can tell.
 */
static void add_callers(struct trace *trace, const struct perf_record *record, size_t *count)
{
    enum context leaf_context = context_of_sample(record), context = leaf_context;
    bool is_exact = true, has_better = has_copy(trace, record) ||
                                       (trace->calls_are_branches && record->sample.branch_count);

    for (size_t i = 0; i < record->sample.chain_count; i++) {
        uint64_t ip = perf_record_caller(record, i);
        bool is_leaf = is_exact && context == leaf_context;
        uint32_t mapping;

        if (ip >= (uint64_t)PERF_CONTEXT_MAX) {
            is_exact = is_exact || context_of_marker(ip) != context;
            context = context_of_marker(ip);
            continue;
        }
        ip -= !is_exact && ip;
        is_exact = false;
        if (is_leaf || (context == CONTEXT_USER ? has_better : !trace->keeps_kernel))
            continue;
        mapping = find_mapping(trace, context, record->pid, ip);
        if (mapping == ADDRESS_SPACE_NONE && context == CONTEXT_USER)
            break;
        push(trace, count, ip, mapping);
    }
}

/*
 * The same from the branch records of calls that have not returned (perf record --call-graph lbr):
 * the newest first, each where its caller called.
 */
static void add_calls(struct trace *trace, const struct perf_record *record, size_t *count)
{
    for (size_t i = 0; i < record->sample.branch_count; i++) {
        uint64_t ip = perf_record_branch(record, i).from_ip;
        uint32_t mapping = address_spaces_find(&trace->spaces, record->pid, ip);

        if (mapping == ADDRESS_SPACE_NONE)
            break;
        push(trace, count, ip, mapping);
    }
}

/* The same from registers and a copy of the stack, which leaves out no caller. */
static void add_unwound(struct trace *trace, const struct perf_record *record, size_t *count)
{
    uint64_t ips[FILE_UNWIND_MAX_FRAMES];
    size_t found, first = context_of_sample(record) == CONTEXT_USER; /* the leaf is there */

    trace->mapped.only_mapped = true;
    if (!trace->unwinder)
        trace->unwinder = file_unwinder_new(trace->binaries ? trace->binaries : &trace->mapped);
    found = file_unwind(trace->unwinder, &trace->spaces, record, ips);
    for (size_t i = first; i < found; i++) {
        uint32_t mapping = address_spaces_find(&trace->spaces, record->pid, ips[i]);

        if (mapping == ADDRESS_SPACE_NONE)
            break;
        push(trace, count, ips[i], mapping);
    }
}

static void count_sample(struct trace *trace, const struct perf_record *record, uint32_t stack)
{
    if (stack == trace->period_count)
        *ARRAY_PUSH(trace->periods, trace->period_count, trace->period_capacity) = 0;
    trace->periods[stack] = saturating_add(trace->periods[stack], record->sample.period);
    byteset_add(&trace->pids, &record->pid, sizeof(record->pid));
    byteset_add(&trace->tids, &record->tid, sizeof(record->tid));
    trace->sample_count++;
}

static void add_sample(struct trace *trace, const struct perf_record *record)
{
    uint32_t mapping =
        find_mapping(trace, context_of_sample(record), record->pid, record->sample.ip);
    uint32_t tag = trace->by_process ? processes_tag(&trace->processes, record->pid) : 0;
    size_t count = 0;

    push(trace, &count, record->sample.ip, mapping);
    add_callers(trace, record, &count);
    if (has_copy(trace, record))
        add_unwound(trace, record, &count);
    else if (trace->calls_are_branches)
        add_calls(trace, record, &count);
    trace->unmapped_count += mapping == ADDRESS_SPACE_NONE;
    count_sample(trace, record, stacks_add_tagged(&trace->stacks, tag, trace->frames, count, 1));
}

/* Into the profile, or which count it belongs to. */
static void sort_sample(struct trace *trace, const struct perf_record *record)
{
    enum context context = context_of_sample(record);

    if (context == CONTEXT_GUEST)
        trace->guest_count++;
    else if (context == CONTEXT_KERNEL && record->pid == 0)
        trace->idle_count++;
    else if (context == CONTEXT_KERNEL && !trace->keeps_kernel)
        trace->kernel_count++;
    else
        add_sample(trace, record);
}

void trace_add(struct trace *trace, const struct perf_record *record)
{
    if (trace->by_process)
        processes_follow(&trace->processes, record);
    switch (record->type) {
    case PERF_RECORD_SAMPLE:
        sort_sample(trace, record);
        break;
    case PERF_RECORD_MMAP:
    case PERF_RECORD_MMAP2:
        trace_map(trace, record->pid, &record->map);
        break;
    case PERF_RECORD_LOST_SAMPLES:
        trace->lost_sample_count = saturating_add(trace->lost_sample_count, record->lost);
        break;
    case PERF_RECORD_LOST:
        trace->lost_record_count = saturating_add(trace->lost_record_count, record->lost);
        break;
    case PERF_RECORD_THROTTLE:
        trace->throttled_count++;
        break;
    default:
        address_spaces_follow(&trace->spaces, record);
        break;
    }
}

uint64_t trace_lost_count(const struct trace *trace)
{
    if (!trace->is_of_file)
        return saturating_add(trace->lost_record_count, trace->lost_sample_count);
    return trace->lost_record_count > trace->lost_sample_count ? trace->lost_record_count
                                                               : trace->lost_sample_count;
}

double trace_lost_pct(const struct trace *trace)
{
    double lost = (double)trace_lost_count(trace), all = lost + (double)trace->sample_count;

    return all > 0 ? 100 * lost / all : 0;
}

void trace_release(struct trace *trace)
{
    address_spaces_release(&trace->spaces);
    stacks_release(&trace->stacks);
    processes_release(&trace->processes);
    file_unwinder_free(trace->unwinder);
    binaries_close(&trace->mapped);
    byteset_release(&trace->pids);
    byteset_release(&trace->tids);
    byteset_release(&trace->files);
    for (size_t i = 0; i < trace->build_id_count; i++)
        free(trace->build_ids[i]);
    free(trace->build_ids);
    free(trace->periods);
    free(trace->frames);
    *trace = (struct trace){0};
}
