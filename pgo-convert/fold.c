#include "fold.h"

#include <string.h>

#include "base/number.h"

static struct sampleprof_site site_of(uint32_t line, uint32_t start_line, uint32_t discriminator)
{
    return (struct sampleprof_site){(uint16_t)(line - start_line), (uint16_t)discriminator};
}

static struct sampleprof_site frame_site(const struct symbolizer_frame *frame)
{
    return site_of(frame->line, frame->function->start_line,
                   sampleprof_decode_discriminator(frame->discriminator).base);
}

static bool has_key(const struct symbolizer_frame *frames, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!frames[i].line || !frames[i].function->start_line ||
            !sampleprof_is_name(frames[i].function->linkage_name))
            return false;
    return count > 0;
}

const char *fold_owner(const struct symbolizer_function *function)
{
    return function->file[0] ? function->file : function->unit;
}

struct sampleprof_function *fold_add_root(struct sampleprof *tree,
                                          const struct symbolizer_frame *frame)
{
    return sampleprof_add_function(tree, frame->function->linkage_name, fold_owner(frame->function),
                                   frame->function->is_static);
}

/* The node of the innermost frame: from the function that was compiled, down the inlined calls. */
static struct sampleprof_function *descend(struct sampleprof *tree,
                                           const struct symbolizer_frame *frames, size_t count)
{
    struct sampleprof_function *node = fold_add_root(tree, &frames[count - 1]);

    for (size_t i = count - 1; i > 0; i--)
        node = sampleprof_add_callee(tree, node, frame_site(&frames[i]),
                                     frames[i - 1].function->linkage_name);
    return node;
}

struct sampleprof_line *fold_add_line(struct sampleprof *tree,
                                      const struct symbolizer_frame *frames, size_t count)
{
    if (!has_key(frames, count))
        return NULL;
    return sampleprof_add_line(tree, descend(tree, frames, count), frame_site(&frames[0]));
}

/* The same for a count of 0: only in functions that are there, since they ran. */
static void fold_zero(struct sampleprof *tree, const struct symbolizer_frame *frames, size_t count)
{
    const struct symbolizer_function *root;

    if (!has_key(frames, count))
        return;
    root = frames[count - 1].function;
    if (sampleprof_find_function(tree, root->linkage_name, fold_owner(root), root->is_static))
        fold_add_line(tree, frames, count);
}

static void fold_count(struct sampleprof *tree, const struct symbolizer_frame *frames,
                       size_t frame_count, uint64_t count, enum fold_rule rule)
{
    struct sampleprof_line *line = fold_add_line(tree, frames, frame_count);
    uint32_t factor;

    if (!line)
        return;
    factor = sampleprof_decode_discriminator(frames[0].discriminator).factor;
    if (rule == FOLD_SUM) {
        line->count = saturating_add(line->count, count);
        return;
    }
    count = saturating_multiply(count, factor);
    if (line->count < count)
        line->count = count;
}

/* A function is entered where its symbol starts, unless that symbol is only its cold part. */
bool fold_is_entry(const struct image *image, uint64_t vaddr)
{
    const struct image_symbol *symbol = image_find_symbol(image, vaddr);

    return symbol && symbol->start_vaddr == vaddr && !symbol->is_tail &&
           !strstr(symbol->name, ".cold");
}

const char *fold_name_of_entry(const struct binary *binary, uint64_t vaddr)
{
    const struct symbolizer_frame *frames;
    size_t count = symbolizer_find(binary->symbolizer, vaddr, &frames);
    const char *name = count ? frames[count - 1].function->linkage_name : "";

    return sampleprof_is_name(name) ? name : NULL;
}

uint64_t fold_lost(const struct binary *binary, const struct counts *counts)
{
    uint64_t lost = 0;

    for (size_t i = 0; i < counts->count; i++) {
        const struct symbolizer_frame *frames;
        size_t count = symbolizer_find(binary->symbolizer, counts->items[i].vaddr, &frames);

        if (!has_key(frames, count))
            lost = saturating_add(lost, counts->items[i].count);
    }
    return lost;
}

void fold_counts(struct sampleprof *tree, const struct binary *binary, const struct counts *counts,
                 enum fold_rule rule)
{
    for (size_t i = 0; i < counts->count; i++) {
        const struct count *at = &counts->items[i];
        const struct symbolizer_frame *frames;
        size_t frame_count = symbolizer_find(binary->symbolizer, at->vaddr, &frames);

        if (at->count)
            fold_count(tree, frames, frame_count, at->count, rule);
        if (!binary->executions.count && frame_count && at->count &&
            fold_is_entry(binary->image, at->vaddr) &&
            sampleprof_is_name(frames[frame_count - 1].function->linkage_name)) {
            struct sampleprof_function *root = fold_add_root(tree, &frames[frame_count - 1]);

            root->head = saturating_add(root->head, at->count);
        }
    }
    for (size_t i = 0; i < counts->count; i++) {
        const struct symbolizer_frame *frames;
        size_t frame_count;

        if (counts->items[i].count)
            continue;
        frame_count = symbolizer_find(binary->symbolizer, counts->items[i].vaddr, &frames);
        fold_zero(tree, frames, frame_count);
    }
}

static const char *linkage_name(const struct profile_function *function)
{
    return function->system_name[0] ? function->system_name : function->name;
}

bool fold_lines(struct sampleprof *tree, const struct profile *profile,
                const struct profile_location *location, uint64_t count, enum drop_reason *reason)
{
    struct sampleprof_function *node = NULL;
    struct sampleprof_site site = {0};

    for (uint32_t i = 0; i < location->line_count; i++) {
        const struct profile_function *function = &profile->functions[location->lines[i].function];

        *reason = DROP_NO_FUNCTION;
        if (!sampleprof_is_name(linkage_name(function)) || location->lines[i].line <= 0)
            return false;
        *reason = DROP_NO_START;
        if (function->start_line <= 0)
            return false;
    }
    for (uint32_t i = location->line_count; i-- > 0;) {
        const struct profile_line *line = &location->lines[i];
        const struct profile_function *function = &profile->functions[line->function];

        node = node ? sampleprof_add_callee(tree, node, site, linkage_name(function))
                    : sampleprof_add_function(tree, linkage_name(function), "", false);
        site = site_of((uint32_t)line->line, (uint32_t)function->start_line, 0);
    }
    if (node) {
        struct sampleprof_line *line = sampleprof_add_line(tree, node, site);

        line->count = saturating_add(line->count, count);
    }
    return node != NULL;
}

struct unit_map {
    struct sampleprof *tree;
    struct sampleprof_unit *unit; /* whose names come now */
};

static void add_unit(void *data, const char *path)
{
    struct unit_map *map = data;

    map->unit = sampleprof_add_unit(map->tree, path);
}

static void add_unit_name(void *data, const char *linkage_name)
{
    struct unit_map *map = data;

    sampleprof_add_unit_name(map->tree, map->unit, linkage_name);
}

void fold_units(struct sampleprof *tree, const struct binary *binary)
{
    struct unit_map map = {.tree = tree};
    const struct symbolizer_visitor visitor = {add_unit, add_unit_name, &map};

    symbolizer_visit_units(binary->symbolizer, &visitor);
}
