/*
 * html.h - the result as one web page that needs nothing else (base/page.h).
 *
 * The page draws what the JSON holds, so there is one place where figures are made: its data is an
 * object in <script id="data">, written here and read by page/model.js:
 *
 *     result         what --json writes (docs/formats.md)
 *     date, machine  machine.h: machine.cpu, machine.cpus, machine.kernel
 *     facts          html_facts.h
 *     code           html_code.h; missing if there are not two programs
 *
 * For whom no script runs it has the text that a terminal would show.
 */
#ifndef BENCH_HTML_H
#define BENCH_HTML_H

#include "base/strbuf.h"
#include "pgo-bench/code.h"
#include "pgo-bench/machine.h"
#include "pgo-bench/report.h"

struct html_input {
    const struct strbuf *json; /* of report_json() or its like */
    const char *text;
    const struct machine *machine;
    const struct facts *facts; /* NULL: none */
    const struct code *code;   /* NULL: none */
};

void html_write(const struct html_input *input, struct strbuf *out);

/* The page of a comparison of two commands; of one that failed midway as well. */
void report_html(const struct report *report, struct strbuf *out);

#endif
