/*
 * options.h - the command line of pgo-bench.
 *
 * Strings are borrowed from argv. Errors are ERR_USAGE, except a file to write whose folder cannot
 * be written to: that is known before hours of measuring, not after.
 */
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include <stdbool.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "pgo-bench/clock.h"

enum bench_action {
    BENCH_CLOCK,
    BENCH_INSTRUCTIONS,
    BENCH_RESULTS,
    BENCH_HELP,
    BENCH_VERSION,
};

#define BENCH_MAX_FACTS 16 /* files of --report */

struct bench_options {
    enum bench_action action;
    const char *base, *test;                 /* commands, as written */
    const char *base_results, *test_results; /* files, in place of the commands */
    const char *json_path, *markdown_path, *html_path, *go_path; /* NULL: not wanted */
    const char *facts_paths[BENCH_MAX_FACTS];
    size_t facts_count;
    struct clock_settings clock; /* gate and check of the output hold for both modes */
    double timeout_s;
};

MUST_CHECK bool bench_options_read(int argc, char **argv, struct bench_options *options,
                                   struct err *err);
void bench_options_help(struct strbuf *out);

#endif
