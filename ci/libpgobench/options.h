/*
 * options.h - the command line of a program of benchmarks.
 *
 * It points into argv. filter_release() the filter. On failure nothing is to be released.
 */
#ifndef PGOBENCH_OPTIONS_H
#define PGOBENCH_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "libpgobench/filter.h"
#include "libpgobench/pace.h"

enum options_action { OPTIONS_RUN, OPTIONS_LIST, OPTIONS_HELP, OPTIONS_VERSION };

struct bench_options {
    enum options_action action;
    const char *pattern; /* as it was given; NULL: all */
    struct filter filter;
    struct pace pace;
    uint64_t count;
    unsigned threads;      /* of bench_parallel() */
    const char *json_path; /* NULL: none */
};

MUST_CHECK bool options_read(int argc, char **argv, struct bench_options *options, struct err *err);
void options_help(const char *program, struct strbuf *out);

#endif
