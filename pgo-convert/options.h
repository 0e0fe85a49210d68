/*
 * options.h - the command line of pgo-convert.
 *
 * options_read() fills a struct of borrowed argv strings; options_release() frees its arrays.
 */
#ifndef PGO_CONVERT_OPTIONS_H
#define PGO_CONVERT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"

enum count_rule {
    COUNT_FLOW,  /* estimate: blocks' samples by their cost, made to obey the control flow */
    COUNT_BLOCK, /* estimate: samples of a basic block by its cost */
    COUNT_MAX,   /* samples of an instruction; a line takes the largest, times its copies */
    COUNT_SUM,   /* samples of an instruction; a line takes their sum */
};

enum output_format {
    FORMAT_TEXT,
    FORMAT_EXTBINARY,
};

enum input_kind {
    INPUT_AUTO,
    INPUT_COUNTS, /* lines of "VADDR COUNT": exact counts, taken as they are */
};

struct input_file {
    char *path; /* heap */
    uint64_t weight;
};

struct convert_options {
    const char *output; /* "-" is standard output */
    const char *sample_type;
    const char *refresh; /* NULL: none */
    const char *report;  /* NULL: none; "-" is standard output */
    bool is_strict;
    const char **labels; /* "KEY=VALUE" */
    size_t label_count, label_capacity;
    enum count_rule count;
    enum output_format format;
    enum input_kind input;
    const char **binaries;
    size_t binary_count, binary_capacity;
    const char **debug_dirs;
    size_t debug_dir_count, debug_dir_capacity;
    struct input_file *inputs;
    size_t input_count, input_capacity;
};

enum options_result {
    OPTIONS_RUN,
    OPTIONS_PRINT, /* --help, --version: `text` goes to standard output, and that is all */
    OPTIONS_WRONG, /* err says why */
};

enum options_result options_read(int argc, char **argv, struct convert_options *options,
                                 struct strbuf *text, struct err *err);
void options_release(struct convert_options *options);

#endif
