/*
 * show_options.h - the command line of `pgo-collect show`.
 *
 * Words are borrowed from argv; show_options_release() in any case.
 */
#ifndef COLLECT_SHOW_OPTIONS_H
#define COLLECT_SHOW_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "command_line.h"
#include "top.h"

struct show_options {
    uint64_t max_rows; /* 0: all */
    enum top_by by;
    const char *base;    /* of --diff; NULL: none */
    const char **labels; /* "KEY=VALUE" */
    size_t label_count, label_capacity;
    const char *rows;   /* the option that asked for rows; NULL: none did */
    const char *flame;  /* the page to write; NULL: rows to standard output */
    const char *report; /* of pgo-convert, for the page; NULL: none */
    const char *path;
};

enum command_line_result show_options_read(struct show_options *options, int argc, char **argv,
                                           struct err *err);
void show_options_release(struct show_options *options);

#endif
