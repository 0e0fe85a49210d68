#include "records.h"

#include <string.h>

#include "base/number.h"

uint64_t records_scale_count(struct records_scale scale, uint64_t count)
{
    unsigned __int128 wide = (unsigned __int128)count * scale.numerator + scale.denominator / 2;

    wide /= scale.denominator;
    if (wide > UINT64_MAX)
        return UINT64_MAX;
    return count && !wide ? 1 : (uint64_t)wide;
}

void records_copy(struct sampleprof *tree, struct sampleprof_function *into,
                  const struct sampleprof_function *from, struct records_scale scale)
{
    into->head = saturating_add(into->head, records_scale_count(scale, from->head));
    into->checksum = from->checksum;
    for (size_t i = 0; i < from->line_count; i++) {
        const struct sampleprof_line *line = &from->lines[i];
        struct sampleprof_line *copied = sampleprof_add_line(tree, into, line->site);

        copied->count = saturating_add(copied->count, records_scale_count(scale, line->count));
        for (size_t j = 0; j < line->target_count; j++)
            sampleprof_add_target(tree, copied, line->targets[j].name,
                                  records_scale_count(scale, line->targets[j].count));
    }
    for (size_t i = 0; i < from->call_count; i++) {
        const struct sampleprof_call *call = &from->calls[i];

        records_copy(tree, sampleprof_add_callee(tree, into, call->site, call->callee->name),
                     call->callee, scale);
    }
}

void records_add_inlined(const struct sampleprof_function *record, struct byteset *names)
{
    for (size_t i = 0; i < record->call_count; i++) {
        const struct sampleprof_function *callee = record->calls[i].callee;

        if (callee->total)
            byteset_add_text(names, callee->name);
        records_add_inlined(callee, names);
    }
}

static const struct sampleprof_function *find_callee(const struct sampleprof_function *function,
                                                     const struct sampleprof_call *call)
{
    for (size_t i = 0; i < function->call_count; i++)
        if (sampleprof_compare_sites(function->calls[i].site, call->site) == 0 &&
            strcmp(function->calls[i].callee->name, call->callee->name) == 0)
            return function->calls[i].callee;
    return NULL;
}

void records_visit_missing(const struct sampleprof_function *new,
                           const struct sampleprof_function *old,
                           void (*visit)(void *data, const struct sampleprof_function *callee),
                           void *data)
{
    for (size_t i = 0; i < new->call_count; i++) {
        const struct sampleprof_function *callee = new->calls[i].callee;
        const struct sampleprof_function *before = find_callee(old, &new->calls[i]);

        if (before)
            records_visit_missing(callee, before, visit, data);
        else if (callee->total)
            visit(data, callee);
    }
}

static void add_unit(struct sampleprof *tree, const struct sampleprof_unit *from)
{
    struct sampleprof_unit *unit = sampleprof_add_unit(tree, from->path);

    for (uint32_t i = 0; i < from->names.count; i++)
        sampleprof_add_unit_name(tree, unit, byteset_at(&from->names, i, NULL));
}

/* Does the unit have a name of the tree that no unit of the new profile has? */
static bool is_needed(const struct sampleprof *tree, const struct sampleprof_unit *unit,
                      const struct byteset *new_names)
{
    for (uint32_t i = 0; i < unit->names.count; i++) {
        const char *name = byteset_at(&unit->names, i, NULL);
        uint32_t id;

        if (byteset_find(&tree->names, name, strlen(name), &id) &&
            !byteset_find(new_names, name, strlen(name), &id))
            return true;
    }
    return false;
}

void records_add_units(struct sampleprof *tree, const struct sampleprof *old,
                       const struct sampleprof *new)
{
    struct byteset new_names = {0};

    for (size_t i = 0; i < new->unit_count; i++) {
        const struct byteset *names = &new->units[i].names;

        add_unit(tree, &new->units[i]);
        for (uint32_t j = 0; j < names->count; j++)
            byteset_add_text(&new_names, byteset_at(names, j, NULL));
    }
    for (size_t i = 0; i < old->unit_count; i++)
        if (is_needed(tree, &old->units[i], &new_names))
            add_unit(tree, &old->units[i]);
    byteset_release(&new_names);
}
