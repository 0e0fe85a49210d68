/*
 * suite_report.h - the comparison of two files of results, for people and for programs.
 *
 * Nothing is decided here. `base_path` and `test_path` are named in it; a benchmark without an
 * interval shows none. docs/formats.md has the fields of the JSON.
 */
#ifndef BENCH_SUITE_REPORT_H
#define BENCH_SUITE_REPORT_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "pgo-bench/suite.h"

struct suite_report {
    const char *base_path, *test_path;
    const struct suite *suite;
};

/* The verdict in one line: "12 benchmarks: 3 faster, 9 no measurable difference; on average ...".
 */
void suite_report_reason(const struct suite_report *report, struct strbuf *out);

void suite_report_text(const struct suite_report *report, bool colour, struct strbuf *out);
void suite_report_markdown(const struct suite_report *report, struct strbuf *out);
void suite_report_json(const struct suite_report *report, struct strbuf *out);

#endif
