#include "profile/stacks.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"

uint32_t stacks_add(struct stacks *stacks, const struct stack_frame *frames, size_t count,
                    uint64_t samples)
{
    return stacks_add_tagged(stacks, 0, frames, count, samples);
}

/* The key of a stack is its frames and one more, which holds the tag; returns its bytes. */
static size_t make_key(struct stacks *stacks, uint32_t tag, const struct stack_frame *frames,
                       size_t count)
{
    if (stacks->key_capacity <= count)
        stacks->key =
            array_grow(stacks->key, &stacks->key_capacity, count + 1, sizeof(*stacks->key));
    if (count)
        memcpy(stacks->key, frames, count * sizeof(*frames));
    stacks->key[count] = (struct stack_frame){.ip = tag};
    return (count + 1) * sizeof(*frames);
}

uint32_t stacks_add_tagged(struct stacks *stacks, uint32_t tag, const struct stack_frame *frames,
                           size_t count, uint64_t samples)
{
    size_t key_bytes = make_key(stacks, tag, frames, count);
    uint32_t id = byteset_add(&stacks->stacks, stacks->key, key_bytes);

    if (id == stacks->count)
        *ARRAY_PUSH(stacks->counts, stacks->count, stacks->capacity) = 0;
    stacks->counts[id] = saturating_add(stacks->counts[id], samples);
    return id;
}

bool stacks_has_tagged(struct stacks *stacks, uint32_t tag, const struct stack_frame *frames,
                       size_t count)
{
    size_t key_bytes = make_key(stacks, tag, frames, count);
    uint32_t id;

    return byteset_find(&stacks->stacks, stacks->key, key_bytes, &id);
}

void stacks_release(struct stacks *stacks)
{
    byteset_release(&stacks->stacks);
    free(stacks->counts);
    free(stacks->key);
    *stacks = (struct stacks){0};
}

static const struct stack_frame *frames_of(const struct stacks *stacks, size_t id, size_t *count)
{
    const struct stack_frame *frames = byteset_at(&stacks->stacks, (uint32_t)id, count);

    *count = *count / sizeof(*frames) - 1;
    return frames;
}

/* A mapping on its way into the profile. */
struct ranked {
    const struct code_mapping *mapping;
    uint32_t id;
    uint64_t leaf_count;
    bool is_used;
};

/* Used ones first, of these the program, then by samples, then by name and place. */
static int compare_ranked(const void *a, const void *b)
{
    const struct ranked *first = a, *second = b;
    int order;

    if (first->is_used != second->is_used)
        return first->is_used ? -1 : 1;
    if (first->mapping->is_program != second->mapping->is_program)
        return first->mapping->is_program ? -1 : 1;
    if (first->leaf_count != second->leaf_count)
        return first->leaf_count > second->leaf_count ? -1 : 1;
    order = strcmp(first->mapping->file, second->mapping->file);
    if (order == 0)
        order = strcmp(first->mapping->build_id, second->mapping->build_id);
    if (order != 0)
        return order;
    if (first->mapping->start_ip != second->mapping->start_ip)
        return first->mapping->start_ip < second->mapping->start_ip ? -1 : 1;
    return first->mapping->pgoff < second->mapping->pgoff
               ? -1
               : first->mapping->pgoff > second->mapping->pgoff;
}

static void count_use(const struct stacks *stacks, struct ranked *ranked)
{
    for (size_t i = 0; i < stacks->count; i++) {
        size_t count;
        const struct stack_frame *frames = frames_of(stacks, i, &count);

        for (size_t k = 0; k < count; k++)
            if (frames[k].mapping != ADDRESS_SPACE_NONE)
                ranked[frames[k].mapping].is_used = true;
        if (count && frames[0].mapping != ADDRESS_SPACE_NONE) {
            struct ranked *leaf = &ranked[frames[0].mapping];

            leaf->leaf_count = saturating_add(leaf->leaf_count, stacks->counts[i]);
        }
    }
}

/* The profile's index of each mapping id; free() it. */
static uint32_t *add_mappings(const struct stacks *stacks, const struct code_mapping *mappings,
                              size_t mapping_count, struct profile *profile)
{
    struct ranked *ranked = mem_array(mapping_count, sizeof(*ranked));
    uint32_t *indexes = mem_array(mapping_count, sizeof(*indexes));

    for (size_t i = 0; i < mapping_count; i++)
        ranked[i] = (struct ranked){.mapping = &mappings[i], .id = (uint32_t)i};
    count_use(stacks, ranked);
    if (mapping_count)
        qsort(ranked, mapping_count, sizeof(*ranked), compare_ranked);
    for (size_t i = 0; i < mapping_count && ranked[i].is_used; i++) {
        const struct code_mapping *from = ranked[i].mapping;
        struct profile_mapping mapping = {.start_ip = from->start_ip,
                                          .limit_ip = from->limit_ip,
                                          .pgoff = from->pgoff,
                                          .file = profile_intern(profile, from->file),
                                          .build_id = profile_intern(profile, from->build_id)};

        indexes[ranked[i].id] = profile_add_mapping(profile, &mapping);
    }
    free(ranked);
    return indexes;
}

/* A stack whose frames name the profile's mappings, which have an order of their own. */
struct sorted_stack {
    struct stack_frame *frames;
    size_t count;
    uint32_t tag, id;
};

static int compare_frames(const void *a, const void *b)
{
    const struct stack_frame *first = a, *second = b;

    if (first->mapping != second->mapping)
        return first->mapping < second->mapping ? -1 : 1;
    return first->ip < second->ip ? -1 : first->ip > second->ip;
}

static int compare_stacks(const void *a, const void *b)
{
    const struct sorted_stack *first = a, *second = b;

    for (size_t i = 0; i < first->count && i < second->count; i++) {
        int order = compare_frames(&first->frames[i], &second->frames[i]);

        if (order != 0)
            return order;
    }
    if (first->count != second->count)
        return first->count < second->count ? -1 : 1;
    return first->tag < second->tag ? -1 : first->tag > second->tag;
}

/* All stacks, in their order; `arena` holds them. */
static struct sorted_stack *sort_stacks(const struct stacks *stacks, const uint32_t *indexes,
                                        struct arena *arena)
{
    struct sorted_stack *sorted = arena_array(arena, stacks->count, sizeof(*sorted));

    for (size_t i = 0; i < stacks->count; i++) {
        size_t count;
        const struct stack_frame *frames = frames_of(stacks, i, &count);

        sorted[i] = (struct sorted_stack){
            .count = count, .tag = (uint32_t)frames[count].ip, .id = (uint32_t)i};
        sorted[i].frames = arena_memdup(arena, frames, count * sizeof(*frames));
        for (size_t k = 0; k < count; k++)
            if (frames[k].mapping != ADDRESS_SPACE_NONE)
                sorted[i].frames[k].mapping = indexes[frames[k].mapping];
    }
    if (stacks->count)
        qsort(sorted, stacks->count, sizeof(*sorted), compare_stacks);
    return sorted;
}

/* Locations in the order of (mapping, ip); a byteset of frames whose ids are their indexes. */
static void add_locations(const struct sorted_stack *sorted, size_t stack_count,
                          struct byteset *locations, struct profile *profile)
{
    struct stack_frame *frames = NULL;
    size_t count = 0, capacity = 0;

    for (size_t i = 0; i < stack_count; i++)
        for (size_t k = 0; k < sorted[i].count; k++)
            *ARRAY_PUSH(frames, count, capacity) = sorted[i].frames[k];
    if (count)
        qsort(frames, count, sizeof(*frames), compare_frames);
    for (size_t i = 0; i < count; i++) {
        struct profile_location location = {.mapping = (uint32_t)frames[i].mapping,
                                            .ip = frames[i].ip};

        if (byteset_add(locations, &frames[i], sizeof(frames[i])) == profile->location_count)
            profile_add_location(profile, &location);
    }
    free(frames);
}

static int64_t as_value(uint64_t number)
{
    return number > INT64_MAX ? INT64_MAX : (int64_t)number;
}

static void copy_labels(const struct stack_tag *tag, struct profile *profile,
                        struct profile_sample *sample)
{
    sample->label_count = tag->count;
    sample->labels = arena_array(&profile->arena, tag->count, sizeof(*sample->labels));
    for (uint32_t i = 0; i < tag->count; i++)
        sample->labels[i] =
            (struct profile_label){.key = profile_intern(profile, tag->labels[i].key),
                                   .text = profile_intern(profile, tag->labels[i].text),
                                   .number = tag->labels[i].number,
                                   .unit = profile_intern(profile, tag->labels[i].unit)};
}

/* What a sample is worth. */
struct valuing {
    stack_values *values;
    const void *context;
};

static void add_samples(const struct sorted_stack *sorted, size_t stack_count,
                        const struct stack_tag *tags, const struct valuing *valuing,
                        struct byteset *locations, struct profile *profile)
{
    uint32_t *indexes = NULL;
    size_t capacity = 0;

    for (size_t i = 0; i < stack_count; i++) {
        struct profile_sample *sample;
        size_t count = 0;

        for (size_t k = 0; k < sorted[i].count; k++)
            *ARRAY_PUSH(indexes, count, capacity) =
                byteset_add(locations, &sorted[i].frames[k], sizeof(sorted[i].frames[k]));
        sample = profile_add_sample(profile, indexes, count);
        valuing->values(valuing->context, sorted[i].id, sample->values);
        if (tags)
            copy_labels(&tags[sorted[i].tag], profile, sample);
    }
    free(indexes);
}

static void build(const struct stacks *stacks, const struct stack_tag *tags,
                  const struct code_mapping *mappings, size_t mapping_count,
                  const struct valuing *valuing, struct profile *profile)
{
    uint32_t *indexes = add_mappings(stacks, mappings, mapping_count, profile);
    struct arena arena = {0};
    struct sorted_stack *sorted = sort_stacks(stacks, indexes, &arena);
    struct byteset locations = {0};

    add_locations(sorted, stacks->count, &locations, profile);
    add_samples(sorted, stacks->count, tags, valuing, &locations, profile);
    byteset_release(&locations);
    arena_release(&arena);
    free(indexes);
}

struct time_values {
    const uint64_t *counts;
    int64_t period_ns;
};

static void fill_time(const void *context, uint32_t id, int64_t *values)
{
    const struct time_values *time = context;

    values[0] = as_value(time->counts[id]);
    values[1] = as_value(saturating_multiply(time->counts[id], (uint64_t)time->period_ns));
}

void stacks_build(const struct stacks *stacks, const struct code_mapping *mappings,
                  size_t mapping_count, int64_t period_ns, struct profile *profile)
{
    stacks_build_tagged(stacks, NULL, mappings, mapping_count, period_ns, profile);
}

void stacks_build_tagged(const struct stacks *stacks, const struct stack_tag *tags,
                         const struct code_mapping *mappings, size_t mapping_count,
                         int64_t period_ns, struct profile *profile)
{
    const struct time_values time = {stacks->counts, period_ns};
    const struct valuing valuing = {fill_time, &time};

    build(stacks, tags, mappings, mapping_count, &valuing, profile);
}

void stacks_build_values(const struct stacks *stacks, const struct stack_tag *tags,
                         const struct code_mapping *mappings, size_t mapping_count,
                         stack_values *values, const void *context, struct profile *profile)
{
    const struct valuing valuing = {values, context};

    build(stacks, tags, mappings, mapping_count, &valuing, profile);
}
