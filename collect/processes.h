/*
 * processes.h - the names of processes over time, and the labels that tell their samples apart.
 *
 * `struct processes processes = {0};`, processes_name() for those that run already, then
 * processes_follow() for each record in the order of time; processes_tag() answers for now;
 * processes_release(). A tag stands for one process under one name: after an exec it is another.
 * The name is the kernel's: 15 bytes of the program's file, or what its main thread called itself.
 */
#ifndef COLLECT_PROCESSES_H
#define COLLECT_PROCESSES_H

#include <stddef.h>
#include <stdint.h>

#include "base/byteset.h"
#include "base/memory.h"
#include "profile/perf_record.h"
#include "profile/stacks.h"

struct processes {
    struct byteset pids, names, tags;
    uint32_t *current; /* by id in pids: the name's id now */
    size_t count, capacity;
};

void processes_name(struct processes *processes, uint32_t pid, const char *name);
void processes_follow(struct processes *processes, const struct perf_record *record);
uint32_t processes_tag(struct processes *processes, uint32_t pid);

/* The name and the number of a tag's process. */
const char *processes_describe(const struct processes *processes, uint32_t tag, uint32_t *pid);

/* For stacks_build_tagged(): the labels comm and pid of each tag. In the arena, names borrowed. */
struct stack_tag *processes_labels(const struct processes *processes, struct arena *arena);

void processes_release(struct processes *processes);

#endif
