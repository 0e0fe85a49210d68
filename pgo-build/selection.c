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

bool selection_wants_probes(const struct selection *selection,
                            const struct selection_profile *profile)
{
    if (selection->probes != PROBES_AUTO)
        return selection->probes == PROBES_ON;
    return profile && profile->path ? profile->by_probe : PROBES_AUTO_READY;
}
