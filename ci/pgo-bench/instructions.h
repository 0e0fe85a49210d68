/*
 * instructions.h - a comparison without a clock: one run of each build under valgrind's cachegrind.
 *
 * Cachegrind counts instructions and simulates caches and the branch predictor; from these comes
 *
 *     cycles = 0.35 * instructions + 8 * L1 misses + 60 * LL misses + 14 * branch mispredicts
 *
 * The sizes of the caches are given, not the host's, so a figure repeats to the digit anywhere. It
 * ranks builds; it is no timing. The weights are those of bench/estimate, fitted to SQLite.
 *
 * Only the named program counts, not what it starts. Valgrind 3.19 stops at clang's DWARF 5, so a
 * copy without debug information runs (made by strip, in TMPDIR, removed afterwards); the code is
 * the same, but a program that looks for files beside itself does not find them.
 */
#ifndef BENCH_INSTRUCTIONS_H
#define BENCH_INSTRUCTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "pgo-bench/child.h"
#include "pgo-bench/command.h"
#include "pgo-bench/verdict.h"

/* Differences below this are laid to layout and environment, not to the build. */
#define INSTRUCTIONS_FLOOR_PCT 0.2

struct estimate {
    uint64_t instructions, l1_misses, ll_misses, mispredicts;
    double cycles;
};

/* From the summary that cachegrind writes to its log. */
MUST_CHECK bool instructions_parse(const char *log, struct estimate *estimate, struct err *err);

/* Runs both; with check_output their standard outputs are compared as in run_warm_up(). */
MUST_CHECK bool instructions_measure(struct child_runner *runner, const struct command *base,
                                     const struct command *test, bool check_output,
                                     struct estimate *base_estimate, struct estimate *test_estimate,
                                     struct err *err);

enum verdict instructions_decide(const struct estimate *base, const struct estimate *test);
bool instructions_beyond_gate(const struct estimate *base, const struct estimate *test,
                              double gate_pct);

#endif
