#include "profile/sampleprof_merge.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

/* One of the functions that become one: with what it is to be multiplied, and where it stands. */
struct part {
    const struct sampleprof_function *function;
    uint64_t weight;
    struct sampleprof_site site; /* of the inlined call; 0 for a function by itself */
    size_t source;               /* of a function by itself */
};

struct merging {
    struct sampleprof *tree;
    struct sampleprof_losses *losses;
};

static uint64_t weighted_total(const struct part *part)
{
    return saturating_multiply(part->function->total, part->weight);
}

static uint64_t sum_of(const struct part *parts, size_t count)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < count; i++)
        sum = saturating_add(sum, weighted_total(&parts[i]));
    return sum;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_checksums(const void *left, const void *right)
{
    const struct part *a = left, *b = right;

    return compare_numbers(a->function->checksum, b->function->checksum);
}

/* Parts [i, end) have the checksum of part i; they are sorted. */
static size_t end_of_checksum(const struct part *parts, size_t count, size_t i)
{
    size_t end = i;

    while (end < count && parts[end].function->checksum == parts[i].function->checksum)
        end++;
    return end;
}

/* Moves the parts of the checksum that stands to the front, and returns how many they are. */
static size_t choose_checksum(struct merging *merging, const char *name, struct part *parts,
                              size_t count)
{
    size_t best = 0, best_end = 0;
    uint64_t best_sum = 0, all = sum_of(parts, count);

    qsort(parts, count, sizeof(*parts), compare_checksums);
    for (size_t i = 0, end; i < count; i = end) {
        uint64_t sum;

        end = end_of_checksum(parts, count, i);
        sum = sum_of(&parts[i], end - i);
        if (!best_end || sum > best_sum) {
            best = i;
            best_end = end;
            best_sum = sum;
        }
    }
    if (best_end - best < count) {
        merging->losses->function_count++;
        merging->losses->total = saturating_add(merging->losses->total, all - best_sum);
        if (!merging->losses->example)
            merging->losses->example = name;
    }
    memmove(parts, &parts[best], (best_end - best) * sizeof(*parts));
    return best_end - best;
}

static void add_lines(struct sampleprof *tree, struct sampleprof_function *into,
                      const struct part *part)
{
    for (size_t i = 0; i < part->function->line_count; i++) {
        const struct sampleprof_line *from = &part->function->lines[i];
        struct sampleprof_line *line = sampleprof_add_line(tree, into, from->site);

        line->count = saturating_add(line->count, saturating_multiply(from->count, part->weight));
        for (size_t j = 0; j < from->target_count; j++)
            sampleprof_add_target(tree, line, from->targets[j].name,
                                  saturating_multiply(from->targets[j].count, part->weight));
    }
}

static int compare_calls(const void *left, const void *right)
{
    const struct part *a = left, *b = right;

    if (a->site.line_off != b->site.line_off)
        return compare_numbers(a->site.line_off, b->site.line_off);
    if (a->site.discriminator != b->site.discriminator)
        return compare_numbers(a->site.discriminator, b->site.discriminator);
    return strcmp(a->function->name, b->function->name);
}

/* The inlined callees of all parts, sorted; free() them. */
static struct part *list_calls(const struct part *parts, size_t count, size_t *call_count)
{
    struct part *calls;
    size_t filled = 0;

    *call_count = 0;
    for (size_t i = 0; i < count; i++)
        *call_count += parts[i].function->call_count;
    calls = mem_array(*call_count, sizeof(*calls));
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < parts[i].function->call_count; j++) {
            const struct sampleprof_call *call = &parts[i].function->calls[j];

            calls[filled++] = (struct part){
                .function = call->callee, .weight = parts[i].weight, .site = call->site};
        }
    if (filled)
        qsort(calls, filled, sizeof(*calls), compare_calls);
    return calls;
}

/* A weight makes no sample more. If one is not known, the sum is not. */
static uint64_t add_samples(const struct part *parts, size_t count)
{
    uint64_t samples = 0;

    for (size_t i = 0; i < count; i++) {
        if (!parts[i].function->samples)
            return 0;
        samples = saturating_add(samples, parts[i].function->samples);
    }
    return samples;
}

/* Adds the parts to `into`; reorders them. As deep as functions are inlined. */
static void add_parts(struct merging *merging, struct sampleprof_function *into, struct part *parts,
                      size_t count)
{
    struct part *calls;
    size_t call_count;

    if (merging->tree->is_probe_based)
        count = choose_checksum(merging, into->name, parts, count);
    into->checksum = parts[0].function->checksum;
    into->samples = add_samples(parts, count);
    for (size_t i = 0; i < count; i++) {
        into->head = saturating_add(into->head,
                                    saturating_multiply(parts[i].function->head, parts[i].weight));
        add_lines(merging->tree, into, &parts[i]);
    }
    calls = list_calls(parts, count, &call_count);
    for (size_t i = 0, end; i < call_count; i = end) {
        for (end = i + 1; end < call_count && compare_calls(&calls[i], &calls[end]) == 0;)
            end++;
        add_parts(
            merging,
            sampleprof_add_callee(merging->tree, into, calls[i].site, calls[i].function->name),
            &calls[i], end - i);
    }
    free(calls);
}

static const char *unit_key(const struct part *part)
{
    return part->function->is_static ? part->function->unit : "";
}

static bool is_unit_known(const struct part *part)
{
    return part->function->unit[0] != '\0';
}

/* By name; then those whose unit is known, by what tells them apart. */
static int compare_functions(const void *left, const void *right)
{
    const struct part *a = left, *b = right;
    int order = strcmp(a->function->name, b->function->name);

    if (order == 0)
        order = is_unit_known(b) - is_unit_known(a);
    if (order == 0)
        order = strcmp(unit_key(a), unit_key(b));
    return order ? order : strcmp(a->function->unit, b->function->unit);
}

static void add_group(struct merging *merging, struct part *parts, size_t count)
{
    const struct sampleprof_function *first = parts[0].function;

    add_parts(merging,
              sampleprof_add_function(merging->tree, first->name, first->unit, first->is_static),
              parts, count);
}

/* Does each source have the name but once? They are sorted, but not by source. */
static bool is_unique_in_sources(const struct part *parts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (parts[i].source == parts[j].source)
                return false;
    return true;
}

/*
 * All functions of one name: [0, known) know their unit. They form a group for each static
 * function and one for that which is not static; the others, with names alone, join the largest.
 */
static void add_name(struct merging *merging, struct part *parts, size_t count, size_t source_count)
{
    size_t known = 0, best = 0, best_end = 0;
    uint64_t best_sum = 0;

    if (count <= source_count && is_unique_in_sources(parts, count)) {
        add_group(merging, parts, count);
        return;
    }
    while (known < count && is_unit_known(&parts[known]))
        known++;
    for (size_t i = 0, end; i < known; i = end) {
        uint64_t sum;

        for (end = i + 1; end < known && strcmp(unit_key(&parts[i]), unit_key(&parts[end])) == 0;)
            end++;
        sum = sum_of(&parts[i], end - i);
        if (best_end && sum <= best_sum) {
            add_group(merging, &parts[i], end - i);
            continue;
        }
        if (best_end)
            add_group(merging, &parts[best], best_end - best);
        best = i;
        best_end = end;
        best_sum = sum;
    }
    /* all other groups are done: their parts may be written over */
    memmove(&parts[best_end], &parts[known], (count - known) * sizeof(*parts));
    add_group(merging, &parts[best], best_end - best + count - known);
}

static struct part *list_functions(const struct sampleprof_source *sources, size_t count,
                                   size_t *part_count)
{
    struct part *parts;
    size_t filled = 0;

    *part_count = 0;
    for (size_t i = 0; i < count; i++)
        *part_count += sources[i].tree->function_count;
    parts = mem_array(*part_count, sizeof(*parts));
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < sources[i].tree->function_count; j++)
            parts[filled++] = (struct part){.function = sources[i].tree->functions[j],
                                            .weight = sources[i].weight,
                                            .source = i};
    if (filled)
        qsort(parts, filled, sizeof(*parts), compare_functions);
    return parts;
}

static void add_units(struct sampleprof *tree, const struct sampleprof *from)
{
    for (size_t i = 0; i < from->unit_count; i++) {
        struct sampleprof_unit *unit = sampleprof_add_unit(tree, from->units[i].path);

        for (uint32_t j = 0; j < from->units[i].names.count; j++)
            sampleprof_add_unit_name(tree, unit, byteset_at(&from->units[i].names, j, NULL));
    }
}

struct sampleprof *sampleprof_merge(const struct sampleprof_source *sources, size_t count,
                                    struct sampleprof_losses *losses)
{
    struct merging merging = {.tree = sampleprof_new(), .losses = losses};
    size_t part_count;
    struct part *parts = list_functions(sources, count, &part_count);

    *losses = (struct sampleprof_losses){0};
    merging.tree->is_probe_based = count && sources[0].tree->is_probe_based;
    for (size_t i = 1; i < count; i++)
        assert(sources[i].tree->is_probe_based == merging.tree->is_probe_based);
    for (size_t i = 0, end; i < part_count; i = end) {
        for (end = i + 1;
             end < part_count && strcmp(parts[i].function->name, parts[end].function->name) == 0;)
            end++;
        add_name(&merging, &parts[i], end - i, count);
    }
    for (size_t i = 0; i < count; i++)
        add_units(merging.tree, sources[i].tree);
    sampleprof_finish(merging.tree);
    free(parts);
    return merging.tree;
}
