#include "parts.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"
#include "profile/sampleprof_merge.h"

void parts_add(struct parts *parts, enum part_kind kind, const char *name, struct sampleprof *tree,
               uint64_t weight)
{
    *ARRAY_PUSH(parts->items, parts->count, parts->capacity) =
        (struct part){kind, mem_strdup(name), tree, weight};
}

void parts_release(struct parts *parts)
{
    for (size_t i = 0; i < parts->count; i++) {
        free(parts->items[i].name);
        sampleprof_free(parts->items[i].tree);
    }
    free(parts->items);
    *parts = (struct parts){0};
}

void parts_drop_lines(struct parts *parts)
{
    size_t kept = 0;

    for (size_t i = 0; i < parts->count; i++) {
        if (parts->items[i].kind == PART_LINES) {
            free(parts->items[i].name);
            sampleprof_free(parts->items[i].tree);
        } else {
            parts->items[kept++] = parts->items[i];
        }
    }
    parts->count = kept;
}

uint64_t parts_total_of(const struct part *part)
{
    uint64_t total = 0;

    for (size_t i = 0; i < part->tree->function_count; i++)
        total = saturating_add(total, part->tree->functions[i]->total);
    return saturating_multiply(total, part->weight);
}

uint64_t parts_total(const struct parts *parts)
{
    uint64_t total = 0;

    for (size_t i = 0; i < parts->count; i++)
        total = saturating_add(total, parts_total_of(&parts->items[i]));
    return total;
}

void parts_scale_lines(struct parts *parts, uint64_t sample_count)
{
    uint64_t counts = 0, scale;

    for (size_t i = 0; i < parts->count; i++)
        if (parts->items[i].kind == PART_BINARY)
            counts = saturating_add(counts, parts_total_of(&parts->items[i]));
    scale = sample_count ? saturating_add(counts, sample_count / 2) / sample_count : 1;
    for (size_t i = 0; i < parts->count; i++)
        if (parts->items[i].kind == PART_LINES && scale > 1)
            parts->items[i].weight = scale;
}

static const char *kind_of(const struct part *part)
{
    return part->tree->is_probe_based ? "by pseudo-probe" : "by line";
}

static bool check_kinds(const struct parts *parts, struct err *err)
{
    const struct part *first = &parts->items[0];

    for (size_t i = 1; i < parts->count; i++) {
        const struct part *other = &parts->items[i];

        if (other->tree->is_probe_based == first->tree->is_probe_based)
            continue;
        err_set(err, ERR_MISMATCH, "%s is a profile %s, %s one %s: their counts cannot be added",
                other->name, kind_of(other), first->name, kind_of(first));
        return err_hint(err, "convert them apart, and use the one that fits the build");
    }
    return true;
}

struct sampleprof *parts_merge(struct parts *parts, struct sampleprof_losses *losses,
                               struct err *err)
{
    struct sampleprof_source *sources;
    struct sampleprof *sum = NULL;

    *losses = (struct sampleprof_losses){0};
    if (!check_kinds(parts, err))
        return NULL;
    if (parts->count == 1 && parts->items[0].weight == 1) {
        sum = parts->items[0].tree;
        parts->items[0].tree = NULL;
    } else {
        sources = mem_array(parts->count, sizeof(*sources));
        for (size_t i = 0; i < parts->count; i++)
            sources[i] = (struct sampleprof_source){parts->items[i].tree, parts->items[i].weight};
        sum = sampleprof_merge(sources, parts->count, losses);
        free(sources);
    }
    parts_release(parts);
    return sum;
}
