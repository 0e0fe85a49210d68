/*
 * output.h - the standard outputs of the two builds: kept in files, compared byte for byte.
 *
 * The files have no name and go with their descriptor. They lie in TMPDIR, not in memory: an
 * output may be larger than that, and our own size would show in the peak memory of the commands.
 * Life cycle: outputs_open, the two runs, outputs_compare, outputs_close.
 */
#ifndef BENCH_OUTPUT_H
#define BENCH_OUTPUT_H

#include <stdbool.h>

#include "base/err.h"

struct outputs {
    int base_fd, test_fd; /* -1: not kept, for child_run() */
};

/* With `wanted` false nothing is kept, and comparing is always true. */
MUST_CHECK bool outputs_open(bool wanted, struct outputs *outputs, struct err *err);

/* ERR_MISMATCH with the place of the first difference. */
MUST_CHECK bool outputs_compare(const struct outputs *outputs, struct err *err);

/* Kept, and neither has printed anything. */
bool outputs_are_empty(const struct outputs *outputs);

void outputs_close(struct outputs *outputs);

#endif
