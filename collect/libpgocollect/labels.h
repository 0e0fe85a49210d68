/*
 * labels.h - sets of labels under small numbers, so that a sample carries one number.
 *
 * Number 0 is the empty set. A set is never forgotten: texts stay valid for the life of the
 * process. All functions take a lock; none is for a signal handler.
 */
#ifndef LIBPGOCOLLECT_LABELS_H
#define LIBPGOCOLLECT_LABELS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "profile/profile.h"

enum {
    LABELS_SET_COUNT_MAX = 4096,
    LABELS_KEY_COUNT_MAX = 16, /* of one set */
    LABELS_TEXT_BYTES_MAX = 128,
};

#define LABELS_TRACE_KEY "trace_id" /* of the label that is not in a set */

/*
 * The number of the set that is `set` with key=value in the place of what key was before; value
 * NULL: without the key; key NULL: the empty set. ERR_USAGE: a text that is too long, a key that
 * is empty or the trace id's; ERR_LIMIT: too many keys or sets.
 */
MUST_CHECK bool labels_change(uint32_t set, const char *key, const char *value, uint32_t *changed,
                              struct err *err);

/* The labels of a set; returns how many there are. Room for LABELS_KEY_COUNT_MAX. */
uint32_t labels_get(uint32_t set, struct profile_label *labels);

/* Around a fork: the child finds the sets whole. False: not locked in time. */
bool labels_lock(void);
void labels_unlock(void);

/* In a child whose parent could not lock: all sets are forgotten, their memory is lost. */
void labels_reset(void);

#endif
