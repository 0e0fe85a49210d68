#include "profile/pprof_ids.h"

#include <inttypes.h>

static void scatter(struct pprof_ids *ids)
{
    for (uint64_t id = 1; id <= ids->count; id++)
        byteset_add(&ids->set, &id, sizeof(id));
    ids->is_scattered = true;
}

bool pprof_ids_add(struct pprof_ids *ids, const char *what, uint64_t id, struct err *err)
{
    if (id == 0)
        return err_set(err, ERR_FORMAT, "%s %zu: id 0 is reserved", what, ids->count);
    if (!ids->is_scattered && id != ids->count + 1)
        scatter(ids);
    if (ids->is_scattered) {
        byteset_add(&ids->set, &id, sizeof(id));
        if (ids->set.count == ids->count)
            return err_set(err, ERR_FORMAT, "%s: id %" PRIu64 " is there twice", what, id);
    }
    ids->count++;
    return true;
}

bool pprof_ids_find_scattered(const struct pprof_ids *ids, const char *what, uint64_t id,
                              uint32_t *index, struct err *err)
{
    if (ids->is_scattered && byteset_find(&ids->set, &id, sizeof(id), index))
        return true;
    return err_set(err, ERR_FORMAT, "no %s has the id %" PRIu64 " that is referred to", what, id);
}

void pprof_ids_release(struct pprof_ids *ids)
{
    byteset_release(&ids->set);
}
