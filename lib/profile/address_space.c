#include "profile/address_space.h"

#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* A part of a mapping that is still visible in a process. */
struct range {
    uint64_t start_ip, limit_ip;
    uint32_t mapping;
};

/* Sorted by start_ip; no two overlap. */
struct address_space {
    struct range *ranges;
    size_t count, capacity;
};

static struct address_space *add_space(struct address_spaces *spaces, uint32_t pid)
{
    uint32_t id = byteset_add(&spaces->pids, &pid, sizeof(pid));

    if (id == spaces->space_count)
        *ARRAY_PUSH(spaces->spaces, spaces->space_count, spaces->space_capacity) =
            (struct address_space){0};
    return &spaces->spaces[id];
}

static const char *intern(struct address_spaces *spaces, const char *text)
{
    return byteset_at(&spaces->texts, byteset_add_text(&spaces->texts, text), NULL);
}

/*
 * What makes two mappings the same. The limit is no part of it: a mapping that grew (the kernel
 * merges neighbours) is the same one.
 */
struct identity {
    uint64_t start_ip, pgoff;
    uint32_t file, build_id; /* ids in texts */
};

static uint32_t add_mapping(struct address_spaces *spaces, const struct code_mapping *mapping)
{
    struct identity identity = {.start_ip = mapping->start_ip, .pgoff = mapping->pgoff};
    struct code_mapping *known;
    uint32_t id;

    identity.file = byteset_add_text(&spaces->texts, mapping->file);
    identity.build_id = byteset_add_text(&spaces->texts, mapping->build_id);
    id = byteset_add(&spaces->identities, &identity, sizeof(identity));
    if (id == spaces->mapping_count) {
        known = ARRAY_PUSH(spaces->mappings, spaces->mapping_count, spaces->mapping_capacity);
        *known = *mapping;
        known->file = intern(spaces, mapping->file);
        known->build_id = intern(spaces, mapping->build_id);
    }
    known = &spaces->mappings[id];
    if (mapping->limit_ip > known->limit_ip)
        known->limit_ip = mapping->limit_ip;
    return id;
}

/* The first range that ends after ip: the one that holds it, if any does. */
static size_t first_after(const struct address_space *space, uint64_t ip)
{
    size_t low = 0, high = space->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (space->ranges[middle].limit_ip > ip)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Replaces `removed` ranges at `at` by `added` new ones; without new ones nothing is removed. */
static void splice(struct address_space *space, size_t at, size_t removed,
                   const struct range *ranges, size_t added)
{
    size_t tail = space->count - at - removed;

    if (added == 0) /* a fork of an empty space: there may be no memory yet */
        return;
    if (space->count + added > space->capacity)
        space->ranges = array_grow(space->ranges, &space->capacity, space->count + added,
                                   sizeof(*space->ranges));
    memmove(space->ranges + at + added, space->ranges + at + removed, tail * sizeof(*ranges));
    memcpy(space->ranges + at, ranges, added * sizeof(*ranges));
    space->count = at + added + tail;
}

/*
 * What exec maps first; of a process that runs already the lowest file, since libraries lie above.
 * Of the kernel (no process) nothing.
 */
static bool is_program(const struct address_space *space, uint32_t pid, const char *file)
{
    return space->count == 0 && pid != 0 && pid != UINT32_MAX && file[0] == '/' && file[1] != '/';
}

void address_spaces_map(struct address_spaces *spaces, uint32_t pid,
                        const struct code_mapping *mapping)
{
    struct range parts[3], fresh = {.start_ip = mapping->start_ip, .limit_ip = mapping->limit_ip};
    struct address_space *space;
    size_t first, after, count = 0;

    if (fresh.start_ip >= fresh.limit_ip)
        return;
    fresh.mapping = add_mapping(spaces, mapping);
    space = add_space(spaces, pid);
    if (is_program(space, pid, mapping->file))
        spaces->mappings[fresh.mapping].is_program = true;
    first = after = first_after(space, fresh.start_ip);
    while (after < space->count && space->ranges[after].start_ip < fresh.limit_ip)
        after++;
    if (first < after && space->ranges[first].start_ip < fresh.start_ip) {
        parts[count] = space->ranges[first];
        parts[count++].limit_ip = fresh.start_ip;
    }
    parts[count++] = fresh;
    if (first < after && space->ranges[after - 1].limit_ip > fresh.limit_ip) {
        parts[count] = space->ranges[after - 1];
        parts[count++].start_ip = fresh.limit_ip;
    }
    splice(space, first, after - first, parts, count);
}

void address_spaces_clear(struct address_spaces *spaces, uint32_t pid)
{
    struct address_space *space = add_space(spaces, pid);

    free(space->ranges);
    *space = (struct address_space){0};
}

void address_spaces_fork(struct address_spaces *spaces, uint32_t pid, uint32_t parent_pid)
{
    struct address_space *child, *parent;

    if (pid == parent_pid)
        return; /* a thread */
    address_spaces_clear(spaces, pid);
    add_space(spaces, parent_pid); /* may move the child */
    child = add_space(spaces, pid);
    parent = add_space(spaces, parent_pid);
    splice(child, 0, 0, parent->ranges, parent->count);
}

void address_spaces_map_record(struct address_spaces *spaces, uint32_t pid,
                               const struct perf_record_map *map, const char *build_id)
{
    char hex[2 * PERF_RECORD_BUILD_ID_BYTES + 1] = "";
    struct code_mapping mapping = {.start_ip = map->start_ip,
                                   .limit_ip = map->limit_ip,
                                   .pgoff = map->pgoff,
                                   .file = map->name,
                                   .build_id = map->build_id_len ? hex : build_id};

    for (size_t i = 0; i < map->build_id_len; i++)
        snprintf(hex + 2 * i, 3, "%02x", map->build_id[i]);
    if (!map->is_data)
        address_spaces_map(spaces, pid, &mapping);
}

bool address_spaces_follow(struct address_spaces *spaces, const struct perf_record *record)
{
    switch (record->type) {
    case PERF_RECORD_MMAP:
    case PERF_RECORD_MMAP2:
        address_spaces_map_record(spaces, record->pid, &record->map, "");
        return true;
    case PERF_RECORD_COMM:
        if (!(record->misc & PERF_RECORD_MISC_COMM_EXEC))
            return false;
        address_spaces_clear(spaces, record->pid);
        return true;
    case PERF_RECORD_FORK:
        address_spaces_fork(spaces, record->pid, record->task.parent_pid);
        return true;
    }
    return false;
}

struct address_part address_spaces_find_part(const struct address_spaces *spaces, uint32_t pid,
                                             uint64_t ip)
{
    struct address_part part = {0, UINT64_MAX, ADDRESS_SPACE_NONE};
    const struct address_space *space;
    uint32_t id;
    size_t at;

    if (!byteset_find(&spaces->pids, &pid, sizeof(pid), &id))
        return part;
    space = &spaces->spaces[id];
    at = first_after(space, ip);
    if (at < space->count && space->ranges[at].start_ip <= ip)
        return (struct address_part){space->ranges[at].start_ip, space->ranges[at].limit_ip,
                                     space->ranges[at].mapping};
    if (at > 0)
        part.start_ip = space->ranges[at - 1].limit_ip;
    if (at < space->count)
        part.limit_ip = space->ranges[at].start_ip;
    return part;
}

uint32_t address_spaces_find(const struct address_spaces *spaces, uint32_t pid, uint64_t ip)
{
    return address_spaces_find_part(spaces, pid, ip).mapping;
}

void address_spaces_release(struct address_spaces *spaces)
{
    for (size_t i = 0; i < spaces->space_count; i++)
        free(spaces->spaces[i].ranges);
    free(spaces->spaces);
    free(spaces->mappings);
    byteset_release(&spaces->identities);
    byteset_release(&spaces->texts);
    byteset_release(&spaces->pids);
    *spaces = (struct address_spaces){0};
}
