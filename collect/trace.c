#include "trace.h"

#include <linux/perf_event.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"
#include "binary/image.h"

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

    if (!map->build_id_len && map->name[0] == '/' && map->name[1] != '/') /* "//anon" is no file */
        build_id = read_build_id(trace, map->name);
    address_spaces_map_record(&trace->spaces, pid, map, build_id);
}

static void push(struct trace *trace, size_t *count, uint64_t ip, uint64_t mapping)
{
    *ARRAY_PUSH(trace->frames, *count, trace->frame_capacity) =
        (struct stack_frame){.ip = ip, .mapping = mapping};
}

/*
 * The stack of callers, after the leaf. A return address outside all code is where a function
 * without frame pointer has led the kernel astray: what follows is as wrong, so the stack ends. A
 * leaf function without a frame of its own hides its direct caller; nothing here can tell.
 */
static void add_callers(struct trace *trace, const struct perf_record *record, size_t *count)
{
    bool is_leaf = true;

    for (size_t i = 0; i < record->sample.chain_count; i++) {
        uint64_t ip = perf_record_caller(record, i);
        uint32_t mapping;

        if (ip >= (uint64_t)PERF_CONTEXT_MAX)
            continue;
        if (is_leaf) { /* the sampled ip once more */
            is_leaf = false;
            continue;
        }
        mapping =
            ip ? address_spaces_find(&trace->spaces, record->pid, ip - 1) : ADDRESS_SPACE_NONE;
        if (mapping == ADDRESS_SPACE_NONE)
            break;
        push(trace, count, ip - 1, mapping);
    }
}

/* The same from registers and a copy of the stack, which leaves out no caller. */
static void add_unwound(struct trace *trace, const struct perf_record *record, size_t *count)
{
    uint64_t ips[FILE_UNWIND_MAX_FRAMES];
    size_t found;

    if (!trace->unwinder)
        trace->unwinder = file_unwinder_new();
    found = file_unwind(trace->unwinder, &trace->spaces, record, ips);
    for (size_t i = 1; i < found; i++) {
        uint32_t mapping = address_spaces_find(&trace->spaces, record->pid, ips[i]);

        if (mapping == ADDRESS_SPACE_NONE)
            break;
        push(trace, count, ips[i], mapping);
    }
}

static void add_sample(struct trace *trace, const struct perf_record *record)
{
    uint32_t mapping = address_spaces_find(&trace->spaces, record->pid, record->sample.ip);
    uint32_t tag = trace->by_process ? processes_tag(&trace->processes, record->pid) : 0;
    size_t count = 0;

    push(trace, &count, record->sample.ip, mapping);
    if (record->sample.registers && record->sample.stack)
        add_unwound(trace, record, &count);
    else
        add_callers(trace, record, &count);
    stacks_add_tagged(&trace->stacks, tag, trace->frames, count, 1);
    byteset_add(&trace->pids, &record->pid, sizeof(record->pid));
    byteset_add(&trace->tids, &record->tid, sizeof(record->tid));
    trace->sample_count++;
    trace->unmapped_count += mapping == ADDRESS_SPACE_NONE;
}

static bool is_kernel(const struct perf_record *record)
{
    uint16_t mode = record->misc & PERF_RECORD_MISC_CPUMODE_MASK;

    return mode == PERF_RECORD_MISC_KERNEL || mode == PERF_RECORD_MISC_HYPERVISOR;
}

void trace_add(struct trace *trace, const struct perf_record *record)
{
    if (trace->by_process)
        processes_follow(&trace->processes, record);
    switch (record->type) {
    case PERF_RECORD_SAMPLE:
        if (is_kernel(record))
            trace->kernel_count += record->pid != 0;
        else
            add_sample(trace, record);
        break;
    case PERF_RECORD_MMAP:
    case PERF_RECORD_MMAP2:
        trace_map(trace, record->pid, &record->map);
        break;
    case PERF_RECORD_LOST:
    case PERF_RECORD_LOST_SAMPLES:
        trace->lost_count = saturating_add(trace->lost_count, record->lost);
        break;
    case PERF_RECORD_THROTTLE:
        trace->throttled_count++;
        break;
    default:
        address_spaces_follow(&trace->spaces, record);
        break;
    }
}

void trace_release(struct trace *trace)
{
    address_spaces_release(&trace->spaces);
    stacks_release(&trace->stacks);
    processes_release(&trace->processes);
    file_unwinder_free(trace->unwinder);
    byteset_release(&trace->pids);
    byteset_release(&trace->tids);
    byteset_release(&trace->files);
    for (size_t i = 0; i < trace->build_id_count; i++)
        free(trace->build_ids[i]);
    free(trace->build_ids);
    free(trace->frames);
    *trace = (struct trace){0};
}
