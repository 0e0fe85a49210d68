/*
 * pprof_ids.h - the ids in a pprof file, any 64-bit numbers but 0, and the indexes they become.
 *
 * Only for pprof_read.c. `struct pprof_ids ids = {0};`, pprof_ids_release() at the end. The index
 * is the order of addition. Most writers count from 1: as long as that is so, no set is needed.
 * Looking up the frames of all stacks in one took a quarter of the time of a merge.
 */
#ifndef PROFILE_PPROF_IDS_H
#define PROFILE_PPROF_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/byteset.h"
#include "base/err.h"

struct pprof_ids {
    struct byteset set; /* empty until is_scattered */
    size_t count;
    bool is_scattered;
};

/* `what` is for the message: ERR_FORMAT, if the id is 0 or there already. */
MUST_CHECK bool pprof_ids_add(struct pprof_ids *ids, const char *what, uint64_t id,
                              struct err *err);

/* ERR_FORMAT, if it is not there; use pprof_ids_find(). */
MUST_CHECK bool pprof_ids_find_scattered(const struct pprof_ids *ids, const char *what, uint64_t id,
                                         uint32_t *index, struct err *err);

/* Inline: asked for each frame of each stack. */
static inline bool pprof_ids_find(const struct pprof_ids *ids, const char *what, uint64_t id,
                                  uint32_t *index, struct err *err)
{
    if (ids->is_scattered || id - 1 >= ids->count)
        return pprof_ids_find_scattered(ids, what, id, index, err);
    *index = (uint32_t)(id - 1);
    return true;
}

void pprof_ids_release(struct pprof_ids *ids);

#endif
