#include "flame_fill.h"

#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/path.h"
#include "demangle.h"

static void add_label(struct flame_fill *fill, uint32_t node, int side, const char *key,
                      const char *value, uint64_t weight)
{
    uint32_t id = byteset_add_text(&fill->keys, key);
    struct flame_cell cell = {.node = node};
    struct flame_label *label;
    uint32_t at;

    if (id == fill->label_count)
        *ARRAY_PUSH(fill->labels, fill->label_count, fill->label_capacity) =
            (struct flame_label){0};
    label = &fill->labels[id];
    cell.value = byteset_add_text(&label->values, value);
    at = byteset_add(&label->cells, &cell, sizeof(cell));
    if (at == label->weight_count)
        memset(ARRAY_PUSH(label->weights, label->weight_count, label->weight_capacity), 0,
               sizeof(*label->weights));
    label->weights[at][side] = saturating_add(label->weights[at][side], weight);
}

static bool is_first_of_key(const struct profile_sample *sample, uint32_t index)
{
    for (uint32_t i = 0; i < index; i++)
        if (strcmp(sample->labels[i].key, sample->labels[index].key) == 0)
            return false;
    return true;
}

static void add_labels(struct flame_fill *fill, uint32_t node, int side,
                       const struct profile_sample *sample, uint64_t weight)
{
    for (uint32_t i = 0; i < sample->label_count; i++) {
        const struct profile_label *label = &sample->labels[i];
        char *number = NULL;

        if (!is_first_of_key(sample, i))
            continue;
        if (!*label->text)
            number = mem_format("%lld%s%s", (long long)label->number, *label->unit ? " " : "",
                                label->unit);
        add_label(fill, node, side, label->key, number ? number : label->text, weight);
        free(number);
    }
}

static uint32_t add_function(struct flame_fill *fill, const struct profile *profile,
                             uint32_t function_id, const char *binary)
{
    const struct profile_function *function = &profile->functions[function_id];
    struct flame_frame frame = {.name = *function->name ? function->name : function->system_name,
                                .file = function->file,
                                .binary = binary};

    if (function->start_line > 0)
        frame.start_line = (uint64_t)function->start_line;
    return flame_tree_add_frame(&fill->tree, &frame);
}

/* Code without a function: one frame a binary. */
static uint32_t add_nameless(struct flame_fill *fill, const char *binary)
{
    char *name = mem_format("[%s]", *binary ? path_base(binary) : "unknown");
    uint32_t frame = flame_tree_add_frame(
        &fill->tree, &(struct flame_frame){.name = name, .file = "", .binary = binary});

    free(name);
    return frame;
}

/*
 * The frames of each location are looked up once, not in each of its samples: texts are slow keys.
 * Those of location i are frames[starts[i]...], as many as it has lines, or one.
 */
struct resolved {
    size_t *starts;
    uint32_t *frames;
    size_t count, capacity;
};

static void resolve_location(struct flame_fill *fill, const struct profile *profile,
                             const struct profile_location *location, struct resolved *resolved)
{
    const char *binary =
        location->mapping == PROFILE_NONE ? "" : profile->mappings[location->mapping].file;

    if (!location->line_count)
        *ARRAY_PUSH(resolved->frames, resolved->count, resolved->capacity) =
            add_nameless(fill, binary);
    for (uint32_t i = 0; i < location->line_count; i++)
        *ARRAY_PUSH(resolved->frames, resolved->count, resolved->capacity) =
            add_function(fill, profile, location->lines[i].function, binary);
}

static void resolve(struct flame_fill *fill, const struct profile *profile,
                    struct resolved *resolved)
{
    resolved->starts = mem_array(profile->location_count, sizeof(*resolved->starts));
    for (size_t i = 0; i < profile->location_count; i++) {
        resolved->starts[i] = resolved->count;
        resolve_location(fill, profile, &profile->locations[i], resolved);
    }
}

/* The frames of a location, the outermost first, below the node; the innermost is returned. */
static uint32_t add_location(struct flame_fill *fill, uint32_t node,
                             const struct profile_location *location, const uint32_t *frames,
                             uint64_t weight)
{
    if (!location->line_count)
        return flame_tree_add_node(&fill->tree, node, frames[0]);
    for (uint32_t i = location->line_count; i-- > 0;) {
        node = flame_tree_add_node(&fill->tree, node, frames[i]);
        if (location->lines[i].line > 0)
            flame_tree_add_line(&fill->tree, node, (uint64_t)location->lines[i].line, weight);
    }
    return node;
}

static void add_sample(struct flame_fill *fill, int side, const struct profile *profile,
                       const struct resolved *resolved, const struct profile_sample *sample,
                       uint64_t weight)
{
    uint32_t node = FLAME_ROOT;

    for (uint32_t i = sample->location_count; i-- > 0;) {
        uint32_t location = sample->locations[i];

        node = add_location(fill, node, &profile->locations[location],
                            resolved->frames + resolved->starts[location], weight);
    }
    if (!sample->location_count)
        fill->stackless[side] = saturating_add(fill->stackless[side], weight);
    else if (!profile->locations[sample->locations[0]].line_count)
        fill->nameless[side] = saturating_add(fill->nameless[side], weight);
    flame_tree_add_self(&fill->tree, node, side, weight);
    add_labels(fill, node, side, sample, weight);
}

void flame_fill_profile(struct flame_fill *fill, int side, const struct profile *profile,
                        uint32_t value)
{
    struct resolved resolved = {0};

    resolve(fill, profile, &resolved);
    for (size_t i = 0; i < profile->sample_count; i++) {
        const struct profile_sample *sample = &profile->samples[i];
        int64_t weight = sample->values[value];

        fill->sample_count[side]++;
        if (weight < 0)
            fill->negative_count[side]++;
        else if (weight > 0)
            add_sample(fill, side, profile, &resolved, sample, (uint64_t)weight);
    }
    free(resolved.starts);
    free(resolved.frames);
}

/* A function of LLVM's profile that waits for its turn: inlining may be deep, so no recursion. */
struct waiting {
    const struct sampleprof_function *function;
    uint32_t parent;
};

static uint32_t add_counted(struct flame_fill *fill, int side,
                            const struct sampleprof_function *function, uint32_t parent)
{
    struct strbuf name = {0};
    struct flame_frame frame = {.name = function->name, .file = function->unit, .binary = ""};
    uint32_t node;

    if (demangle(function->name, &name))
        frame.name = strbuf_text(&name);
    node = flame_tree_add_node(&fill->tree, parent, flame_tree_add_frame(&fill->tree, &frame));
    strbuf_release(&name);
    for (size_t i = 0; i < function->line_count; i++)
        flame_tree_add_self(&fill->tree, node, side, function->lines[i].count);
    return node;
}

void flame_fill_counts(struct flame_fill *fill, int side, const struct sampleprof *counts)
{
    struct waiting *waiting = NULL;
    size_t count = 0, capacity = 0;

    fill->sample_count[side] = counts->provenance.samples;
    for (size_t i = 0; i < counts->function_count; i++)
        *ARRAY_PUSH(waiting, count, capacity) = (struct waiting){counts->functions[i], FLAME_ROOT};
    while (count) {
        struct waiting next = waiting[--count];
        uint32_t node = add_counted(fill, side, next.function, next.parent);

        for (size_t i = 0; i < next.function->call_count; i++)
            *ARRAY_PUSH(waiting, count, capacity) =
                (struct waiting){next.function->calls[i].callee, node};
    }
    free(waiting);
}

void flame_fill_release(struct flame_fill *fill)
{
    for (size_t i = 0; i < fill->label_count; i++) {
        byteset_release(&fill->labels[i].values);
        byteset_release(&fill->labels[i].cells);
        free(fill->labels[i].weights);
    }
    free(fill->labels);
    byteset_release(&fill->keys);
    flame_tree_release(&fill->tree);
    *fill = (struct flame_fill){0};
}
