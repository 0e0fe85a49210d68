/*
 * clock.h - a comparison by the clock: warm-up, then runs and looks until it is clear.
 *
 * A struct clock is all that is known of one comparison. It is filled step by step, so that after
 * a failure or an interrupt what was measured until then can still be reported. Life cycle: a
 * zeroed struct, clock_compare, clock_release.
 */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pgo-bench/child.h"
#include "pgo-bench/command.h"
#include "pgo-bench/looks.h"
#include "pgo-bench/run.h"
#include "pgo-bench/verdict.h"

struct clock_settings {
    size_t max_pairs, warm_up_runs;
    uint64_t seed;
    double gate_pct; /* or VERDICT_NO_GATE */
    int cpu;         /* or CPU_ANY */
    bool early_stop, check_output;
};

struct clock {
    struct clock_settings settings;
    struct looks looks;
    struct finding findings[LOOKS_MAX]; /* of the looks that were taken */
    size_t looked;
    struct run run;
    struct judgement judgement; /* by the last look, if the comparison has ended */
    bool silent;                /* the outputs were compared, and were empty */
};

enum clock_end {
    CLOCK_JUDGED,
    CLOCK_FAILED,     /* a command did, or we were interrupted */
    CLOCK_NO_VERDICT, /* too little to judge by */
};

/* Runner and commands are borrowed, as long as `clock` lives. */
MUST_CHECK enum clock_end clock_compare(struct clock *clock, const struct clock_settings *settings,
                                        struct child_runner *runner, const struct command *base,
                                        const struct command *test, struct err *err);
void clock_release(struct clock *clock);

/* The look that ended the comparison, or the latest. At least one was taken. */
const struct look *clock_last_look(const struct clock *clock);

#endif
