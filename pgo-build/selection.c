#include "selection.h"

#include <string.h>

#include "base/path.h"

const struct selection_profile *selection_find(const struct selection *selection,
                                               const char *source)
{
    const struct selection_rule *nearest = NULL;

    if (path_is_below(source, selection->root))
        for (size_t i = 0; i < selection->count; i++) {
            const struct selection_rule *rule = &selection->rules[i];

            if (path_is_below(source, rule->folder) &&
                (!nearest || strlen(rule->folder) > strlen(nearest->folder)))
                nearest = rule;
        }
    if (nearest)
        return &nearest->profile;
    return selection->fallback.source ? &selection->fallback : NULL;
}

void selection_open(struct selection *selection)
{
    for (size_t i = 0; i < selection->index_count; i++)
        slice_index_open(&selection->indexes[i]);
}

void selection_close(struct selection *selection)
{
    for (size_t i = 0; i < selection->index_count; i++)
        slice_index_close(&selection->indexes[i]);
}

bool selection_slice(const struct selection *selection, const struct selection_profile *profile,
                     const char *source, struct slice *slice, struct arena *arena)
{
    for (size_t i = 0; i < selection->index_count; i++) {
        const struct slice_index *index = &selection->indexes[i];

        if (strcmp(index->profile, profile->source) == 0)
            return slice_index_find(index, selection->root, source, slice, arena) &&
                   file_exists(slice->path);
    }
    return false;
}

bool selection_wants_probes(const struct selection *selection,
                            const struct selection_profile *profile)
{
    if (selection->probes != PROBES_AUTO)
        return selection->probes == PROBES_ON;
    return profile && profile->path ? profile->by_probe : PROBES_AUTO_READY;
}
