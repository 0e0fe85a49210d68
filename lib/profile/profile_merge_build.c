#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "profile/profile_merge_parts.h"

/* What was gathered, in an order that depends on contents alone. */
struct build {
    const struct profile_merge *merge;
    struct profile *out;
    uint32_t main_binary;
    uint32_t *mapping_index;  /* by mapping id: of the mapping it has become */
    uint32_t *function_rank;  /* by id: its place among all */
    uint32_t *function_index; /* by id: PROFILE_NONE until it is used */
    uint32_t *location_order; /* ids; and by id the place, which is its index */
    uint32_t *location_rank;
};

static int compare_numbers(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static uint32_t *number(size_t count)
{
    uint32_t *ids = mem_array(count, sizeof(*ids));

    for (size_t i = 0; i < count; i++)
        ids[i] = (uint32_t)i;
    return ids;
}

/* The inverse: by id, its place in the order. */
static uint32_t *rank(const uint32_t *order, size_t count)
{
    uint32_t *ranks = mem_array(count, sizeof(*ranks));

    for (size_t i = 0; i < count; i++)
        ranks[order[i]] = (uint32_t)i;
    return ranks;
}

static uint32_t find_main(const struct profile_merge *merge)
{
    uint32_t best = 0;

    for (uint32_t i = 1; i < merge->binary_count; i++) {
        const struct merge_binary *binary = &merge->binaries[i], *before = &merge->binaries[best];

        if (binary->first_count > before->first_count ||
            (binary->first_count == before->first_count &&
             merge_compare_binaries(binary, before) < 0))
            best = i;
    }
    return best;
}

static int compare_binaries(const struct build *build, uint32_t a, uint32_t b)
{
    if (a == b)
        return 0;
    if (a == build->main_binary || b == build->main_binary)
        return a == build->main_binary ? -1 : 1;
    if (a == PROFILE_NONE || b == PROFILE_NONE)
        return a == PROFILE_NONE ? 1 : -1;
    return merge_compare_binaries(&build->merge->binaries[a], &build->merge->binaries[b]);
}

static int compare_mappings(const void *a, const void *b, void *data)
{
    const uint32_t *first = a, *second = b;
    const struct build *build = data;
    int order = compare_binaries(build, build->merge->mappings[*first].binary,
                                 build->merge->mappings[*second].binary);

    return order ? order : merge_compare_mappings(build->merge, *first, *second);
}

/* `more` begins within `mapping` or behind it, and is of the same binary. */
static void widen(struct profile_mapping *mapping, const struct merge_mapping *more)
{
    uint64_t start_ip = more->start_ip - (more->pgoff - mapping->pgoff);
    uint64_t size = mapping->limit_ip - mapping->start_ip;

    if (more->pgoff - mapping->pgoff + more->size > size)
        size = more->pgoff - mapping->pgoff + more->size;
    if (start_ip < mapping->start_ip)
        mapping->start_ip = start_ip;
    mapping->limit_ip = mapping->start_ip + size;
    mapping->has_functions |= more->has_functions;
    mapping->has_filenames |= more->has_filenames;
    mapping->has_line_numbers |= more->has_line_numbers;
    mapping->has_inline_frames |= more->has_inline_frames;
}

static void add_mapping(struct build *build, const struct merge_mapping *mapping)
{
    const struct merge_binary *binary = &build->merge->binaries[mapping->binary];

    profile_add_mapping(build->out,
                        &(struct profile_mapping){
                            .start_ip = mapping->start_ip,
                            .limit_ip = mapping->size ? mapping->start_ip + mapping->size : 0,
                            .pgoff = mapping->pgoff,
                            .file = profile_intern(build->out, binary->file),
                            .build_id = profile_intern(build->out, binary->build_id),
                            .has_functions = mapping->has_functions,
                            .has_filenames = mapping->has_filenames,
                            .has_line_numbers = mapping->has_line_numbers,
                            .has_inline_frames = mapping->has_inline_frames,
                        });
}

static void build_mappings(struct build *build)
{
    const struct profile_merge *merge = build->merge;
    uint32_t *order = number(merge->mapping_count), binary = PROFILE_NONE;

    qsort_r(order, merge->mapping_count, sizeof(*order), compare_mappings, build);
    build->mapping_index = mem_array(merge->mapping_count, sizeof(*build->mapping_index));
    for (size_t i = 0; i < merge->mapping_count; i++) {
        const struct merge_mapping *mapping = &merge->mappings[order[i]];
        struct profile *out = build->out;
        struct profile_mapping *last =
            mapping->binary == binary ? &out->mappings[out->mapping_count - 1] : NULL;

        if (last && mapping->size && mapping->pgoff - last->pgoff < last->limit_ip - last->start_ip)
            widen(last, mapping);
        else
            add_mapping(build, mapping);
        binary = mapping->binary;
        build->mapping_index[order[i]] = (uint32_t)out->mapping_count - 1;
    }
    free(order);
}

static int compare_functions(const void *a, const void *b, void *data)
{
    const uint32_t *first = a, *second = b;
    const struct build *build = data;

    return merge_compare_functions(merge_function(build->merge, *first),
                                   merge_function(build->merge, *second));
}

static void rank_functions(struct build *build)
{
    size_t count = build->merge->functions.count;
    uint32_t *order = number(count);

    qsort_r(order, count, sizeof(*order), compare_functions, build);
    build->function_rank = rank(order, count);
    build->function_index = mem_array(count, sizeof(*build->function_index));
    memset(build->function_index, 0xff, count * sizeof(*build->function_index));
    free(order);
}

static int compare_locations(const void *a, const void *b, void *data)
{
    const struct build *build = data;
    const struct merge_location *first = &build->merge->locations[*(const uint32_t *)a];
    const struct merge_location *second = &build->merge->locations[*(const uint32_t *)b];
    int order = compare_binaries(build, first->binary, second->binary);

    if (!order)
        order = compare_numbers(first->off, second->off);
    if (!order)
        order = compare_numbers(first->line_count, second->line_count);
    for (uint32_t i = 0; !order && i < first->line_count; i++) {
        order = compare_numbers(build->function_rank[first->lines[i].function],
                                build->function_rank[second->lines[i].function]);
        if (!order)
            order =
                compare_numbers((uint64_t)first->lines[i].line, (uint64_t)second->lines[i].line);
    }
    return order ? order : compare_numbers(first->has_address, second->has_address);
}

static uint32_t use_function(struct build *build, uint32_t id)
{
    const struct profile_function *own = merge_function(build->merge, id);

    if (build->function_index[id] == PROFILE_NONE)
        build->function_index[id] = profile_add_function(
            build->out,
            &(struct profile_function){.name = profile_intern(build->out, own->name),
                                       .system_name = profile_intern(build->out, own->system_name),
                                       .file = profile_intern(build->out, own->file),
                                       .start_line = own->start_line});
    return build->function_index[id];
}

static void add_location(struct build *build, const struct merge_location *own)
{
    struct profile_location location = {
        .mapping = PROFILE_NONE, .ip = own->off, .line_count = own->line_count};

    if (own->mapping != PROFILE_NONE) {
        const struct profile_mapping *mapping;

        location.mapping = build->mapping_index[own->mapping];
        mapping = &build->out->mappings[location.mapping];
        location.ip = own->has_address ? own->off - mapping->pgoff + mapping->start_ip : 0;
    }
    location.lines = arena_array(&build->out->arena, own->line_count, sizeof(*location.lines));
    for (uint32_t i = 0; i < own->line_count; i++)
        location.lines[i] =
            (struct profile_line){use_function(build, own->lines[i].function), own->lines[i].line};
    profile_add_location(build->out, &location);
}

static void build_locations(struct build *build)
{
    const struct profile_merge *merge = build->merge;

    build->location_order = number(merge->location_count);
    qsort_r(build->location_order, merge->location_count, sizeof(*build->location_order),
            compare_locations, build);
    build->location_rank = rank(build->location_order, merge->location_count);
    for (size_t i = 0; i < merge->location_count; i++)
        add_location(build, &merge->locations[build->location_order[i]]);
}

static const struct profile_label *labels_of(const struct build *build, uint32_t set, size_t *count)
{
    const struct profile_label *labels;

    *count = 0;
    if (set == PROFILE_NONE)
        return NULL;
    labels = byteset_at(&build->merge->label_sets, set, count);
    *count /= sizeof(*labels);
    return labels;
}

static int compare_label_sets(const struct build *build, uint32_t a, uint32_t b)
{
    size_t first_count, second_count;
    const struct profile_label *first = labels_of(build, a, &first_count);
    const struct profile_label *second = labels_of(build, b, &second_count);
    int order = compare_numbers(first_count, second_count);

    for (size_t i = 0; !order && i < first_count; i++)
        order = merge_compare_labels(&first[i], &second[i]);
    return order;
}

static const uint32_t *stack_of(const struct build *build, uint32_t id, size_t *count)
{
    const uint32_t *stack = byteset_at(&build->merge->stacks, id, count);

    *count = *count / sizeof(*stack) - 1; /* the last word is the label set */
    return stack;
}

static int compare_stacks(const void *a, const void *b, void *data)
{
    const struct build *build = data;
    size_t first_count, second_count;
    const uint32_t *first = stack_of(build, *(const uint32_t *)a, &first_count);
    const uint32_t *second = stack_of(build, *(const uint32_t *)b, &second_count);

    for (size_t i = 0; i < first_count && i < second_count; i++)
        if (first[i] != second[i])
            return compare_numbers(build->location_rank[first[i]], build->location_rank[second[i]]);
    if (first_count != second_count)
        return compare_numbers(first_count, second_count);
    return compare_label_sets(build, first[first_count], second[second_count]);
}

static int64_t saturate(merge_sum sum)
{
    if (sum > INT64_MAX)
        return INT64_MAX;
    return sum < INT64_MIN ? INT64_MIN : (int64_t)sum;
}

/*
 * The sums in order become values. By duration they are scaled so that the total is that of the
 * profiles: each value is the growth of the rounded running total, so nothing is lost by rounding.
 */
static int64_t scale(const struct profile_merge *merge, size_t type, merge_sum *running,
                     merge_sum sum)
{
    double factor;
    merge_sum before;

    if (merge->scale == PROFILE_MERGE_PLAIN || !merge->scaled_totals[type])
        return saturate(sum);
    factor = (double)merge->totals[type] / (double)merge->scaled_totals[type];
    before = (merge_sum)floor((double)*running * factor + 0.5);
    *running += sum;
    return saturate((merge_sum)floor((double)*running * factor + 0.5) - before);
}

static void add_labels(struct build *build, struct profile_sample *sample, uint32_t set)
{
    size_t count;
    const struct profile_label *labels = labels_of(build, set, &count);

    sample->labels = arena_array(&build->out->arena, count, sizeof(*sample->labels));
    sample->label_count = (uint32_t)count;
    for (size_t i = 0; i < count; i++)
        sample->labels[i] = (struct profile_label){
            .key = profile_intern(build->out, labels[i].key),
            .text = profile_intern(build->out, labels[i].text),
            .number = labels[i].number,
            .unit = profile_intern(build->out, labels[i].unit),
        };
}

struct stack_scratch {
    uint32_t *locations;
    int64_t *values;
    merge_sum *running; /* by value type: the sums before this stack */
};

/* A stack whose values are all zero says nothing. */
static void add_sample(struct build *build, uint32_t id, struct stack_scratch *scratch)
{
    const struct profile_merge *merge = build->merge;
    size_t count, types = merge->head->value_type_count;
    const uint32_t *stack = stack_of(build, id, &count);
    struct profile_sample *sample;
    bool is_something = false;

    for (size_t i = 0; i < types; i++) {
        scratch->values[i] = scale(merge, i, &scratch->running[i], merge->sums[id * types + i]);
        is_something |= scratch->values[i] != 0;
    }
    if (!is_something)
        return;
    for (size_t i = 0; i < count; i++)
        scratch->locations[i] = build->location_rank[stack[i]];
    sample = profile_add_sample(build->out, scratch->locations, count);
    memcpy(sample->values, scratch->values, types * sizeof(*sample->values));
    add_labels(build, sample, stack[count]);
}

static void build_samples(struct build *build)
{
    const struct profile_merge *merge = build->merge;
    uint32_t *order = number(merge->stacks.count);
    size_t types = merge->head->value_type_count;
    struct stack_scratch scratch = {
        .locations = mem_array(merge->stack_key_capacity, sizeof(*scratch.locations)),
        .values = mem_array(types, sizeof(*scratch.values)),
        .running = mem_array(types, sizeof(*scratch.running)),
    };

    qsort_r(order, merge->stacks.count, sizeof(*order), compare_stacks, build);
    for (size_t i = 0; i < merge->stacks.count; i++)
        add_sample(build, order[i], &scratch);
    free(order);
    free(scratch.locations);
    free(scratch.values);
    free(scratch.running);
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void build_head(struct build *build)
{
    const struct profile *head = build->merge->head;
    struct profile *out = build->out;

    for (size_t i = 0; i < head->value_type_count; i++)
        profile_add_value_type(out, head->value_types[i].type, head->value_types[i].unit);
    out->period_type.type = profile_intern(out, head->period_type.type);
    out->period_type.unit = profile_intern(out, head->period_type.unit);
    out->default_type = profile_intern(out, head->default_type);
    out->period = head->period;
    out->time_ns = head->time_ns;
    out->duration_ns = head->duration_ns;
    for (size_t i = 0; i < head->comment_count; i++)
        profile_add_comment(out, "%s", head->comments[i]);
    if (out->comment_count)
        qsort(out->comments, out->comment_count, sizeof(*out->comments), compare_texts);
}

struct profile *profile_merge_build(const struct profile_merge *merge)
{
    struct build build = {.merge = merge, .out = profile_new(), .main_binary = find_main(merge)};

    build_head(&build);
    build_mappings(&build);
    rank_functions(&build);
    build_locations(&build);
    build_samples(&build);
    free(build.mapping_index);
    free(build.function_rank);
    free(build.function_index);
    free(build.location_order);
    free(build.location_rank);
    return build.out;
}
