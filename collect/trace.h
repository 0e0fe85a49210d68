/*
 * trace.h - records in the order of time → stacks, each ip attributed to the mapping of its time.
 *
 * `struct trace trace = {0};`, then trace_map() for what is mapped before the first record,
 * trace_add() for each record; the results are public; trace_release(). Records come from a
 * sampler or a perf.data file; nothing here knows which.
 *
 * Build ids that the kernel did not give are read from the files as soon as they are mapped: at
 * the end of a recording the file may be another.
 */
#ifndef COLLECT_TRACE_H
#define COLLECT_TRACE_H

#include <stddef.h>
#include <stdint.h>

#include "base/byteset.h"
#include "profile/address_space.h"
#include "profile/perf_record.h"
#include "file_unwind.h"
#include "processes.h"
#include "profile/stacks.h"

struct trace {
    bool by_process; /* set it first: stacks are tagged with their process, see processes.h */
    struct processes processes;

    struct address_spaces spaces;
    struct stacks stacks;
    struct byteset pids, tids; /* of the samples */
    uint64_t sample_count, unmapped_count;
    uint64_t kernel_count; /* samples within the kernel, left out; those of no process are idle */
    uint64_t lost_count;   /* samples and other records that the kernel dropped */
    uint64_t throttled_count; /* times it stopped sampling for the rest of a tick */

    struct byteset files; /* whose build ids were read, by id: */
    char **build_ids;
    size_t build_id_count, build_id_capacity;
    struct file_unwinder *unwinder; /* from the first sample with a stack on */
    struct stack_frame *frames;     /* of the sample at hand */
    size_t frame_capacity;
};

void trace_add(struct trace *trace, const struct perf_record *record);
void trace_map(struct trace *trace, uint32_t pid, const struct perf_record_map *map);
void trace_release(struct trace *trace);

#endif
