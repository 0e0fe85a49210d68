/*
 * report.h - the result for people (a table, Markdown) and for programs (JSON).
 *
 * Nothing is measured or decided here. A percentage never stands alone: it comes with its verdict
 * and its interval, and an estimate is called one. `struct report` borrows everything. The JSON
 * holds every run, so that two results can be compared later (docs/formats.md has its fields); it
 * alone also has a form without a verdict, for a comparison that failed midway.
 */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include <stdbool.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "pgo-bench/clock.h"
#include "pgo-bench/command.h"
#include "pgo-bench/facts.h"
#include "pgo-bench/instructions.h"
#include "pgo-bench/suite_report.h"
#include "pgo-bench/verdict.h"

/* The suite is set (then nothing else is needed), or the clock, or the two estimates. */
struct report {
    const struct suite_report *suite;
    const struct command *base, *test;
    const char *same; /* command_same() */
    const struct clock *clock;
    const struct estimate *base_estimate, *test_estimate;
    const struct facts *facts; /* or NULL */
    const struct err *failure; /* what ended the runs before there was a verdict; or NULL */
};

enum verdict report_verdict(const struct report *report);

/* The verdict's reason in one line: "test takes 15.3% less CPU time (99.9% interval ...". */
void report_reason(const struct report *report, struct strbuf *out);

void report_text(const struct report *report, bool colour, struct strbuf *out);
void report_markdown(const struct report *report, struct strbuf *out);
void report_json(const struct report *report, struct strbuf *out);

/* For benchstat (go_text.h); nothing for estimates, which have one run. */
void report_go(const struct report *report, struct strbuf *out);

#endif
