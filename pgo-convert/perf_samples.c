#include "perf_samples.h"

#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/path.h"
#include "binary/image_search.h"
#include "profile/address_space.h"
#include "profile/perf_data.h"
#include "profile/perf_event.h"
#include "profile/stacks.h"
#include "samples.h"

/* The binary of a mapping, which is looked for when it is first needed. */
struct candidate {
    struct binary *binary; /* NULL: not found */
    bool is_looked_for;
};

/* Where an ip lies: a mapping, and a binary if it was found. */
struct place {
    struct address_part part;
    uint32_t pid;
    const struct code_mapping *mapping; /* NULL: none */
    struct binary *binary;              /* NULL: not found */
};

/* A kernel, a library and the program take turns in the branches of one sample. */
#define PLACE_COUNT 4

struct reading {
    struct perf_data *data;
    const struct perf_data_event *events;
    size_t event_count;
    bool by_branch, is_of_time; /* which events count: see perf_samples.h */
    uint64_t weight;
    struct binaries *binaries;
    struct report *report;

    struct address_spaces spaces;
    struct candidate *candidates; /* by mapping */
    size_t candidate_count, candidate_capacity;
    struct place places[PLACE_COUNT]; /* the last answers; forgotten when a process changes */
    size_t last_place;                /* of them, the one that held last */

    struct stacks stacks; /* of samples of time */
    struct stack_frame *frames;
    size_t frame_capacity;
};

/*
 * Only a stack of all branches says what ran between two of them. One of calls alone, or one that
 * stands for the call chain, does not.
 */
static bool has_all_branches(const struct perf_record_layout *layout)
{
    return layout->sample_type & PERF_SAMPLE_BRANCH_STACK &&
           (!layout->branch_sample_type || layout->branch_sample_type & PERF_SAMPLE_BRANCH_ANY) &&
           !(layout->branch_sample_type & PERF_SAMPLE_BRANCH_CALL_STACK);
}

static void choose_events(struct reading *reading)
{
    reading->events = perf_data_events(reading->data, &reading->event_count);
    for (size_t i = 0; i < reading->event_count; i++) {
        reading->by_branch = reading->by_branch || has_all_branches(&reading->events[i].layout);
        reading->is_of_time = reading->is_of_time || perf_event_measures_time(&reading->events[i]);
    }
}

static bool is_wanted(const struct reading *reading, const struct perf_data_event *event)
{
    if (reading->by_branch)
        return has_all_branches(&event->layout);
    return !reading->is_of_time || perf_event_measures_time(event);
}

static struct binary *find_binary(struct reading *reading, uint32_t id)
{
    const struct code_mapping *mapping = &reading->spaces.mappings[id];
    struct profile_mapping wanted = {.start_ip = mapping->start_ip,
                                     .limit_ip = mapping->limit_ip,
                                     .pgoff = mapping->pgoff,
                                     .file = mapping->file,
                                     .build_id = mapping->build_id};

    while (reading->candidate_count <= id)
        *ARRAY_PUSH(reading->candidates, reading->candidate_count, reading->candidate_capacity) =
            (struct candidate){0};
    if (!reading->candidates[id].is_looked_for)
        reading->candidates[id] =
            (struct candidate){binaries_find(reading->binaries, &wanted), true};
    return reading->candidates[id].binary;
}

static const struct place *find_place(struct reading *reading, uint32_t pid, uint64_t ip)
{
    struct place place = {.pid = pid};

    for (size_t i = 0; i < PLACE_COUNT; i++) {
        const struct place *known = &reading->places[reading->last_place];

        if (ip >= known->part.start_ip && ip < known->part.limit_ip && known->pid == pid)
            return known;
        reading->last_place = (reading->last_place + 1) % PLACE_COUNT;
    }
    place.part = address_spaces_find_part(&reading->spaces, pid, ip);
    if (place.part.mapping != ADDRESS_SPACE_NONE) {
        place.mapping = &reading->spaces.mappings[place.part.mapping];
        place.binary = find_binary(reading, place.part.mapping);
    }
    reading->last_place = (reading->last_place + 1) % PLACE_COUNT;
    reading->places[reading->last_place] = place;
    return &reading->places[reading->last_place];
}

/* The binary and the vaddr of an ip; NULL: in none that is here with debug information. */
static struct binary *find_vaddr(struct reading *reading, uint32_t pid, uint64_t ip,
                                 uint64_t *vaddr)
{
    const struct place *place = find_place(reading, pid, ip);
    uint64_t off;

    if (!place->binary || !place->binary->symbolizer ||
        __builtin_add_overflow(ip - place->mapping->start_ip, place->mapping->pgoff, &off) ||
        !image_off_to_vaddr(place->binary->image, off, vaddr))
        return NULL;
    return place->binary;
}

/* Why nothing of a sample could be used: judged by its ip. */
static void drop_sample(struct reading *reading, const struct perf_record *record)
{
    const struct place *place = find_place(reading, record->pid, record->sample.ip);
    bool is_kernel = (record->misc & PERF_RECORD_MISC_CPUMODE_MASK) == PERF_RECORD_MISC_KERNEL;
    enum drop_reason reason = DROP_OUTSIDE;

    if (place->binary && !place->binary->symbolizer)
        reason = DROP_NO_DEBUG;
    else if (!place->binary && place->mapping)
        reason = image_is_system(place->mapping->file) ? DROP_SYSTEM : DROP_NO_BINARY;

    if (!place->mapping)
        report_drop(reading->report, DROP_NO_ADDRESS, reading->weight,
                    is_kernel ? "[kernel]" : "code without a file");
    else
        report_drop(reading->report, reason, reading->weight, path_base(place->mapping->file));
}

/*
 * Entry 0 is the newest branch. From where the older of two went, the code ran straight on to
 * where the newer one left: the two in one binary make a range. The sampled ip is not used: it
 * may lie behind the place where the counter ran over.
 */
static void take_branches(struct reading *reading, const struct perf_record *record)
{
    struct binary *newer = NULL;
    uint64_t newer_vaddr = 0;
    bool is_used = false;

    for (size_t i = 0; i < record->sample.branch_count; i++) {
        struct perf_branch branch = perf_record_branch(record, i);
        uint64_t from_vaddr = 0, to_vaddr = 0;
        struct binary *from = find_vaddr(reading, record->pid, branch.from_ip, &from_vaddr);
        struct binary *to = find_vaddr(reading, record->pid, branch.to_ip, &to_vaddr);

        if (to)
            branches_add(&to->branches.jumps, from == to ? from_vaddr : BRANCHES_OUTSIDE, to_vaddr,
                         reading->weight);
        if (to && to == newer)
            branches_add(&to->branches.ranges, to_vaddr, newer_vaddr, reading->weight);
        is_used = is_used || to || from;
        newer = from;
        newer_vaddr = from_vaddr;
    }
    if (is_used)
        reading->report->by_address = saturating_add(reading->report->by_address, reading->weight);
    else
        drop_sample(reading, record);
}

static void push_frame(struct reading *reading, size_t *count, uint32_t pid, uint64_t ip)
{
    *ARRAY_PUSH(reading->frames, *count, reading->frame_capacity) =
        (struct stack_frame){.ip = ip, .mapping = find_place(reading, pid, ip)->part.mapping};
}

/* The sampled ip, then the callers that the kernel found; a return address follows its call. */
static void take_stack(struct reading *reading, const struct perf_record *record)
{
    size_t count = 0;
    bool is_leaf = true;

    push_frame(reading, &count, record->pid, record->sample.ip);
    for (size_t i = 0; i < record->sample.chain_count; i++) {
        uint64_t ip = perf_record_caller(record, i);

        if (ip >= (uint64_t)PERF_CONTEXT_MAX || ip == 0)
            continue;
        if (!is_leaf)
            push_frame(reading, &count, record->pid, ip - 1);
        is_leaf = false;
    }
    stacks_add(&reading->stacks, reading->frames, count, 1);
}

static void take_sample(struct reading *reading, const struct perf_record *record)
{
    if (!is_wanted(reading, &reading->events[record->event]))
        return;
    if (!reading->by_branch) {
        take_stack(reading, record);
        return;
    }
    reading->report->sample_count = saturating_add(reading->report->sample_count, reading->weight);
    take_branches(reading, record);
}

static void take_record(struct reading *reading, const struct perf_record *record)
{
    switch (record->type) {
    case PERF_RECORD_SAMPLE:
        take_sample(reading, record);
        return;
    case PERF_RECORD_LOST:
    case PERF_RECORD_LOST_SAMPLES:
        reading->report->lost_count = saturating_add(reading->report->lost_count, record->lost);
        return;
    case PERF_RECORD_THROTTLE:
        reading->report->throttled_count++;
        return;
    default:
        if (address_spaces_follow(&reading->spaces, record))
            memset(reading->places, 0, sizeof(reading->places)); /* they may be wrong by now */
    }
}

/* Samples of time go the way of a pprof's, stacks and all. */
static bool take_stacks(struct reading *reading, struct err *err)
{
    struct profile *profile = profile_new();
    bool done;

    profile_add_value_type(profile, "samples", "count");
    profile_add_value_type(profile, "cpu", "nanoseconds");
    stacks_build(&reading->stacks, reading->spaces.mappings, reading->spaces.mapping_count, 1,
                 profile);
    done = samples_read(profile, "samples", reading->weight, reading->binaries, NULL,
                        reading->report, err);
    profile_free(profile);
    return done;
}

/* A --binary without a sample is still one that the profile is of: see binaries_check(). */
static void look_for_named(struct reading *reading)
{
    for (size_t i = 0; i < reading->binaries->count; i++)
        for (size_t id = 0; id < reading->spaces.mapping_count; id++)
            if (!reading->binaries->items[i]->is_used)
                find_binary(reading, (uint32_t)id);
}

/* What branch records came from; samples of time are noted by samples_read(). */
static void note_binaries(struct reading *reading)
{
    for (size_t id = 0; id < reading->candidate_count; id++) {
        const struct binary *binary = reading->candidates[id].binary;

        if (binary && (binary->branches.jumps.count || binary->branches.ranges.count))
            provenance_add_binary(&reading->report->provenance, image_build_id(binary->image),
                                  path_base(reading->spaces.mappings[id].file));
    }
}

bool perf_samples_read(const void *data, size_t len, uint64_t weight, struct binaries *binaries,
                       struct report *report, struct err *err)
{
    struct reading reading = {.data = perf_data_open(data, len, NULL, err),
                              .weight = weight,
                              .binaries = binaries,
                              .report = report};
    enum perf_data_step step = PERF_DATA_ERROR;
    struct perf_record record;
    bool done;

    if (reading.data)
        choose_events(&reading);
    while (reading.data && (step = perf_data_next(reading.data, &record, err)) == PERF_DATA_RECORD)
        take_record(&reading, &record);
    if (step == PERF_DATA_ERROR && err->kind == ERR_FORMAT)
        err_hint(err, "it was cut short or damaged: copy it again, or record again");
    done = step == PERF_DATA_END && (reading.by_branch || take_stacks(&reading, err));
    note_binaries(&reading);
    if (done)
        look_for_named(&reading);
    address_spaces_release(&reading.spaces);
    stacks_release(&reading.stacks);
    free(reading.candidates);
    free(reading.frames);
    perf_data_close(reading.data);
    return done;
}
