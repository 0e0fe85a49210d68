#include "processes.h"

#include <linux/perf_event.h>
#include <stdlib.h>

/* What a tag is made of. */
struct identity {
    uint32_t pid, name;
};

static uint32_t *find_current(struct processes *processes, uint32_t pid)
{
    uint32_t id = byteset_add(&processes->pids, &pid, sizeof(pid));

    if (id == processes->count)
        *ARRAY_PUSH(processes->current, processes->count, processes->capacity) =
            byteset_add_text(&processes->names, "");
    return &processes->current[id];
}

void processes_name(struct processes *processes, uint32_t pid, const char *name)
{
    *find_current(processes, pid) = byteset_add_text(&processes->names, name);
}

void processes_follow(struct processes *processes, const struct perf_record *record)
{
    if (record->type == PERF_RECORD_COMM && record->pid == record->tid) {
        processes_name(processes, record->pid, record->name);
    } else if (record->type == PERF_RECORD_FORK && record->pid != record->task.parent_pid) {
        uint32_t name = *find_current(processes, record->task.parent_pid);

        *find_current(processes, record->pid) = name;
    }
}

uint32_t processes_tag(struct processes *processes, uint32_t pid)
{
    struct identity identity = {.pid = pid, .name = *find_current(processes, pid)};

    return byteset_add(&processes->tags, &identity, sizeof(identity));
}

const char *processes_describe(const struct processes *processes, uint32_t tag, uint32_t *pid)
{
    const struct identity *identity = byteset_at(&processes->tags, tag, NULL);

    *pid = identity->pid;
    return byteset_at(&processes->names, identity->name, NULL);
}

struct stack_tag *processes_labels(const struct processes *processes, struct arena *arena)
{
    uint32_t count = (uint32_t)processes->tags.count;
    struct stack_tag *tags = arena_array(arena, count, sizeof(*tags));

    for (uint32_t i = 0; i < count; i++) {
        const struct identity *identity = byteset_at(&processes->tags, i, NULL);
        struct profile_label *labels = arena_array(arena, 2, sizeof(*labels));

        labels[0] = (struct profile_label){
            .key = "comm", .text = byteset_at(&processes->names, identity->name, NULL), .unit = ""};
        labels[1] =
            (struct profile_label){.key = "pid", .text = "", .number = identity->pid, .unit = ""};
        tags[i] = (struct stack_tag){.labels = labels, .count = 2};
    }
    return tags;
}

void processes_release(struct processes *processes)
{
    byteset_release(&processes->pids);
    byteset_release(&processes->names);
    byteset_release(&processes->tags);
    free(processes->current);
    *processes = (struct processes){0};
}
