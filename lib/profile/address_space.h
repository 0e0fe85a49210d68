/*
 * address_space.h - which file's code lies at an ip, in each process, at this point of the trace.
 *
 * Fed with what happens to processes in the order of time; a look-up answers for now. A mapping
 * is shared: every process that has the same file at the same place refers to the same id, also
 * when another mapping has since covered a part of it, so that file offsets stay right:
 * off = ip - start_ip + pgoff, of the mapping as it was first made.
 *
 *     struct address_spaces spaces = {0};
 *     address_spaces_map(&spaces, pid, &mapping);
 *     id = address_spaces_find(&spaces, pid, ip);
 *     spaces.mappings[id]...
 *     address_spaces_release(&spaces);
 *
 * Addresses are `ip`. Texts are copied. Nothing here fails. Unmapping is not traced by the kernel;
 * a place that is mapped anew covers what was there.
 */
#ifndef PROFILE_ADDRESS_SPACE_H
#define PROFILE_ADDRESS_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/byteset.h"
#include "profile/perf_record.h"

#define ADDRESS_SPACE_NONE UINT32_MAX

struct code_mapping {
    uint64_t start_ip, limit_ip; /* [start, limit) */
    uint64_t pgoff;
    const char *file;     /* as the kernel names it: a path, "[vdso]", "//anon" */
    const char *build_id; /* lower-case hexadecimal, or "" */
    bool is_program;      /* the file that was executed: the first mapping of a profile */
};

struct address_spaces {
    struct code_mapping *mappings; /* by id; pointers to them move when one is added */
    size_t mapping_count, mapping_capacity;
    struct byteset identities; /* of the mappings: same id */
    struct byteset texts;
    struct byteset pids;
    struct address_space *spaces; /* by id in pids */
    size_t space_count, space_capacity;
};

void address_spaces_map(struct address_spaces *spaces, uint32_t pid,
                        const struct code_mapping *mapping);

/* A process begins with its parent's mappings, or (exec) with none. */
void address_spaces_fork(struct address_spaces *spaces, uint32_t pid, uint32_t parent_pid);
void address_spaces_clear(struct address_spaces *spaces, uint32_t pid);

/* The same from a record of perf's; build_id is for one without. A mapping of data is none. */
void address_spaces_map_record(struct address_spaces *spaces, uint32_t pid,
                               const struct perf_record_map *map, const char *build_id);

/* What a record says of its process, a mapping, a fork or an exec; false: nothing. */
bool address_spaces_follow(struct address_spaces *spaces, const struct perf_record *record);

/* All ip of [start, limit) have this answer, until the process maps, forks or execs. */
struct address_part {
    uint64_t start_ip, limit_ip;
    uint32_t mapping; /* an id, or ADDRESS_SPACE_NONE */
};
struct address_part address_spaces_find_part(const struct address_spaces *spaces, uint32_t pid,
                                             uint64_t ip);

/* The id of the mapping at this ip, or ADDRESS_SPACE_NONE. */
uint32_t address_spaces_find(const struct address_spaces *spaces, uint32_t pid, uint64_t ip);

void address_spaces_release(struct address_spaces *spaces);

#endif
