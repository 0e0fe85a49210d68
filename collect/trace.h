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
    /* set them first: */
    bool by_process;            /* stacks are tagged with their process, see processes.h */
    bool is_of_file;            /* not of now: build ids are those of the records alone */
    struct binaries *binaries;  /* of unwind tables; borrowed, NULL: the files that were mapped */
    bool has_foreign_registers; /* of another kind of machine: they cannot be unwound */
    bool calls_are_branches;    /* branch records stand for the user's call chain */
    bool keeps_kernel; /* samples within the kernel, and its frames; else they are left out */
    struct processes processes;

    struct address_spaces spaces;
    struct stacks stacks;
    struct byteset pids, tids; /* of the samples */
    uint64_t *periods;         /* by stack: those of its samples added up */
    size_t period_count, period_capacity;
    uint64_t sample_count, unmapped_count;
    uint64_t kernel_count;                         /* samples within the kernel, left out */
    uint64_t idle_count;                           /* ... of no process */
    uint64_t guest_count;                          /* samples within a virtual machine, left out */
    uint64_t lost_record_count, lost_sample_count; /* see trace_lost_count() */
    uint64_t throttled_count; /* times it stopped sampling for the rest of a tick */

    struct byteset files; /* whose build ids were read, by id: */
    char **build_ids;
    size_t build_id_count, build_id_capacity;
    struct file_unwinder *unwinder; /* from the first sample with a stack on */
    struct binaries mapped;         /* unless there are `binaries` */
    struct stack_frame *frames;     /* of the sample at hand */
    size_t frame_capacity;
};

void trace_add(struct trace *trace, const struct perf_record *record);
void trace_map(struct trace *trace, uint32_t pid, const struct perf_record_map *map);

/*
 * Samples that the kernel dropped. Where a ring was full it writes LOST, which counts other records
 * as well; a hardware buffer's loss is LOST_SAMPLES. perf writes into its files at the end what
 * each event has lost, as LOST_SAMPLES again: of a file the larger of the two is taken.
 */
uint64_t trace_lost_count(const struct trace *trace);
double trace_lost_pct(const struct trace *trace); /* of those taken and those lost */

void trace_release(struct trace *trace);

#endif
