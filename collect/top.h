/*
 * top.h - where the time goes, by function, line, source file or label: flat (in the function
 * itself) and cum (in it and in what it calls), as `go tool pprof -top` counts, drops and orders.
 *
 * Life cycle: zeroed but for `by`; top_add() each profile, top_order(), read the rows,
 * top_release(). Inlined functions count as called ones. Code without a name is "[FILE]" of its
 * mapping. By label a sample counts once for each of its labels, all of it flat.
 */
#ifndef COLLECT_TOP_H
#define COLLECT_TOP_H

#include <stdint.h>

#include "profile/profile.h"

enum top_by {
    TOP_BY_FUNCTION,
    TOP_BY_LINE,  /* "FUNCTION FILE:LINE" */
    TOP_BY_FILE,  /* of the source */
    TOP_BY_LABEL, /* "KEY=VALUE" */
};

struct top_row {
    const char *name;
    int64_t flat, cum;
};

struct top {
    enum top_by by;
    struct byteset names;
    struct top_row *rows;
    size_t row_count, row_capacity;
    uint64_t *seen; /* by row: the last sample that it was in */
    size_t seen_count, seen_capacity;
    uint64_t sample_number;
    int64_t total;                    /* absolute values; with a base, of the base alone */
    size_t kept_count, dropped_count; /* by top_order(): the rest is too small to show */
};

enum top_side { TOP_SHOWN, TOP_BASE }; /* the base is subtracted */

void top_add(struct top *top, const struct profile *profile, uint32_t value, enum top_side side);

/* By |flat|, then by name; rows whose |cum| is below 0.5% of all, or 0, are left out. */
void top_order(struct top *top);

void top_release(struct top *top);

#endif
