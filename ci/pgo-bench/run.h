/*
 * run.h - the runs of a comparison: warm-up, control, pairs.
 *
 * Which build goes first alternates by chance with a fixed seed, each order once in every two
 * pairs: what favours the first or the second place favours both builds alike, and the same
 * command line makes the same plan. The estimate of the time that remains is shown on a terminal.
 */
#ifndef BENCH_RUN_H
#define BENCH_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pgo-bench/child.h"
#include "pgo-bench/command.h"
#include "pgo-bench/sample.h"

/* Zeroed, then run_init(). */
struct run {
    struct child_runner *runner; /* borrowed until the end, as are the commands */
    const struct command *base, *test;
    size_t pair_count, control_count;
    double spent_s;     /* time of the runs so far, without the warm-up */
    size_t done, total; /* runs, without the warm-up */
    uint64_t random;
};

void run_init(struct run *run, struct child_runner *runner, const struct command *base,
              const struct command *test, size_t pair_count);

/*
 * One run of each build, not counted: caches and files are warm after it, and a command that fails
 * or does nothing is known at once. With check_output the standard outputs of the two are
 * compared, byte for byte; a difference is ERR_MISMATCH. (The counted runs write to /dev/null, so
 * that the check does not disturb the figures.)
 */
MUST_CHECK bool run_warm_up(struct run *run, bool check_output, struct pair *pair, struct err *err);

MUST_CHECK bool run_control(struct run *run, struct pairs *pairs, struct err *err);
MUST_CHECK bool run_pairs(struct run *run, struct pairs *pairs, struct err *err);

#endif
