/*
 * report.h - the result for people (a table, Markdown) and for programs (JSON).
 *
 * Nothing is measured or decided here. A percentage never stands alone: it comes with its verdict
 * and its interval, and an estimate is called one. `struct report` borrows everything. The JSON
 * holds every run, so that two results can be compared later (json.c lists its fields).
 */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "pgo-bench/command.h"
#include "pgo-bench/instructions.h"
#include "pgo-bench/verdict.h"

/* Either the four of the clock are set or the two estimates. */
struct report {
    const struct command *base, *test;
    const struct pairs *pairs, *control;
    const struct judgement *judgement;
    const struct estimate *base_estimate, *test_estimate;
};

enum verdict report_verdict(const struct report *report);

/* The verdict's reason in one line: "test takes 15.3% less CPU time (99% interval ...". */
void report_reason(const struct report *report, struct strbuf *out);

void report_text(const struct report *report, bool colour, struct strbuf *out);
void report_markdown(const struct report *report, struct strbuf *out);
void report_json(const struct report *report, struct strbuf *out);

#endif
