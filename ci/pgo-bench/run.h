/*
 * run.h - the runs of a comparison: warm-up, control, pairs.
 *
 * The control, base against base, starts first and then goes on between the pairs, so that it sees
 * the noise that they see. Which run of a pair is the first is tossed for (order.h). The
 * time that remains is shown on a terminal, as if no look would end the comparison.
 *
 * Life cycle: run_init, run_warm_up, run_until for each look, run_release. After a failure the
 * pairs that were complete are there.
 */
#ifndef BENCH_RUN_H
#define BENCH_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pgo-bench/child.h"
#include "pgo-bench/command.h"
#include "pgo-bench/looks.h"
#include "pgo-bench/order.h"
#include "pgo-bench/sample.h"

struct run {
    struct child_runner *runner; /* borrowed until the end, as are the commands */
    const struct command *base, *test;
    struct pairs pairs, control;
    struct order order;
    int64_t begin_ns;   /* clock_steady_ns() at the first pair; 0: there was none */
    double spent_s;     /* time of the runs so far, without the warm-up */
    size_t done, total; /* runs, without the warm-up; total: when no look ends it */
    size_t most_pairs;
};

void run_init(struct run *run, struct child_runner *runner, const struct command *base,
              const struct command *test, const struct looks *looks, uint64_t seed);
void run_release(struct run *run);

/*
 * Runs of each build that are not counted, in turn: caches and files are warm after them, and a
 * command that fails or does nothing is known at once; `last` is the last of each. With
 * check_output the standard outputs of the first two are compared, byte for byte; a difference is
 * ERR_MISMATCH. (The counted runs write to /dev/null, so that the check does not disturb the
 * figures.) `silent`: compared, and nothing was printed.
 */
struct warm_up {
    struct pair last;
    bool silent;
};
MUST_CHECK bool run_warm_up(struct run *run, size_t runs, bool check_output,
                            struct warm_up *warm_up, struct err *err);

/* Runs until the pairs and the control have as many as this look wants. */
MUST_CHECK bool run_until(struct run *run, const struct look *look, struct err *err);

#endif
