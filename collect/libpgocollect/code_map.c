#include "code_map.h"

#include <link.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "base/clock.h"
#include "base/file.h"
#include "mapped_note.h"
#include "profile/maps_line.h"

#define MAPS_BYTES_MAX ((size_t)16 * 1024 * 1024)
#define TEXT_BYTES_MAX ((size_t)4 * 1024 * 1024)
#define MAPPING_COUNT_MAX                                                                          \
    65536 /* places of code ever seen; a program that makes code may have more */

/* What makes a mapping another one: all members before this one, which have no gaps. */
#define IDENTITY_BYTES offsetof(struct code_mapping, is_program)

struct code_range {
    uint64_t start_ip, limit_ip;
    uint32_t mapping;
};

#define OLD_NS CLOCK_NS_PER_S

struct loader_counts {
    unsigned long long adds, subs;
};

static int read_counts(struct dl_phdr_info *info, size_t size, void *data)
{
    struct loader_counts *counts = data;

    if (size >= offsetof(struct dl_phdr_info, dlpi_subs) + sizeof(info->dlpi_subs))
        *counts = (struct loader_counts){info->dlpi_adds, info->dlpi_subs};
    return 1; /* they are the same for all objects */
}

bool code_map_follow(struct code_map *map)
{
    struct loader_counts now = {0};

    dl_iterate_phdr(read_counts, &now);
    if (map->range_count && now.adds == map->loader_adds && now.subs == map->loader_subs)
        return false;
    map->loader_adds = now.adds;
    map->loader_subs = now.subs;
    code_map_refresh(map);
    return true;
}

/* NULL: the map is full. A program may load libraries of ever new names for years. */
static const char *keep_text(struct code_map *map, const char *text)
{
    size_t len = strlen(text);
    uint32_t id;

    if (byteset_find(&map->texts, text, len, &id))
        return byteset_at(&map->texts, id, NULL);
    if (map->mapping_count == MAPPING_COUNT_MAX || len > TEXT_BYTES_MAX - map->text_bytes)
        return NULL;
    map->text_bytes += len;
    return byteset_at(&map->texts, byteset_add(&map->texts, text, len), NULL);
}

/* The code that the kernel began with. */
static bool is_program(const struct maps_line *line)
{
    uint64_t entry_ip = getauxval(AT_ENTRY);

    return line->start_ip <= entry_ip && entry_ip < line->limit_ip;
}

static uint32_t add_mapping(struct code_map *map, const struct maps_line *line,
                            const char *build_id)
{
    /* Code without a file is named as perf does it. */
    struct code_mapping mapping = {.start_ip = line->start_ip,
                                   .limit_ip = line->limit_ip,
                                   .pgoff = line->pgoff,
                                   .file = keep_text(map, *line->path ? line->path : "//anon"),
                                   .build_id = keep_text(map, build_id),
                                   .is_program = is_program(line)};
    uint32_t id;

    if (!mapping.file || !mapping.build_id)
        return ADDRESS_SPACE_NONE;
    if (byteset_find(&map->identities, &mapping, IDENTITY_BYTES, &id))
        return id;
    if (map->mapping_count == MAPPING_COUNT_MAX)
        return ADDRESS_SPACE_NONE;
    id = byteset_add(&map->identities, &mapping, IDENTITY_BYTES);
    *ARRAY_PUSH(map->mappings, map->mapping_count, map->mapping_capacity) = mapping;
    return id;
}

/* The lines of one file follow each other; the first one holds the ELF header. */
struct current_file {
    char *path;
    uint64_t start_ip;
    bool is_read; /* build_id is what there is */
    char build_id[MAPPED_NOTE_TEXT_BYTES];
};

static void follow_file(struct current_file *file, const struct maps_line *line)
{
    if (file->path && strcmp(file->path, line->path) == 0 && line->pgoff)
        return;
    free(file->path);
    file->path = mem_strdup(line->path);
    file->start_ip = line->start_ip;
    file->build_id[0] = '\0';
    file->is_read = line->pgoff != 0 || !*line->path;
}

static void add_line(struct code_map *map, struct current_file *file, const struct maps_line *line)
{
    struct code_range range = {line->start_ip, line->limit_ip, ADDRESS_SPACE_NONE};

    follow_file(file, line);
    if (!line->is_executable || strcmp(line->path, "[vsyscall]") == 0)
        return;
    if (!file->is_read)
        mapped_note_read_build_id(file->start_ip, file->build_id);
    file->is_read = true;
    range.mapping = add_mapping(map, line, file->build_id);
    *ARRAY_PUSH(map->ranges, map->range_count, map->range_capacity) = range;
}

void code_map_refresh(struct code_map *map)
{
    struct current_file file = {0};
    struct strbuf text = {0};
    struct err err = {0};
    char *line, *rest;

    if (!file_read("/proc/self/maps", MAPS_BYTES_MAX, &text, &err)) {
        strbuf_release(&text);
        return;
    }
    map->range_count = 0;
    map->refreshed_ns = clock_steady_ns();
    rest = text.data;
    while ((line = strsep(&rest, "\n"))) {
        struct maps_line parsed;

        if (maps_line_read(line, &parsed))
            add_line(map, &file, &parsed);
    }
    free(file.path);
    strbuf_release(&text);
}

bool code_map_refresh_if_old(struct code_map *map)
{
    if (clock_steady_ns() - map->refreshed_ns < OLD_NS)
        return false;
    code_map_refresh(map);
    return true;
}

static int compare_ip(const void *key, const void *item)
{
    uint64_t ip = *(const uint64_t *)key;
    const struct code_range *range = item;

    return ip < range->start_ip ? -1 : ip >= range->limit_ip;
}

uint32_t code_map_find(const struct code_map *map, uint64_t ip)
{
    const struct code_range *range = map->range_count ? bsearch(&ip, map->ranges, map->range_count,
                                                                sizeof(*map->ranges), compare_ip)
                                                      : NULL;

    return range ? range->mapping : ADDRESS_SPACE_NONE;
}

void code_map_release(struct code_map *map)
{
    free(map->mappings);
    free(map->ranges);
    byteset_release(&map->identities);
    byteset_release(&map->texts);
    *map = (struct code_map){0};
}
