/*
 * outcome.h - how pgo-bench ends: results written, last words, exit code.
 *
 * The only part of pgo-bench, beside the progress line, that speaks to the user.
 */
#ifndef BENCH_OUTCOME_H
#define BENCH_OUTCOME_H

#include "base/err.h"
#include "base/talk.h"
#include "pgo-bench/options.h"
#include "pgo-bench/report.h"

/* Beside TALK_EXIT_DONE, _FAILED and _USAGE. */
enum {
    OUTCOME_NO_VERDICT = 3,
    OUTCOME_BEYOND_GATE = 4,
};

/* Prints the error unless a signal interrupted us: whoever sent it knows. Returns the code. */
int outcome_fail(const struct err *err, int interrupted_by, int code);

/* Writes the files that were asked for, prints the table, checks the gate. */
int outcome_report(const struct bench_options *options, const struct report *report);

/* The runs of a comparison that failed, into the JSON and the page that were asked for, if
 * there are any. */
void outcome_keep_partial(const struct bench_options *options, const struct report *report);

/* --help and --version. */
int outcome_describe(enum bench_action action);

#endif
