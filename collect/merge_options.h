/*
 * merge_options.h - the command line of `pgo-collect merge`.
 *
 * merge_options_release() in any case. Labels and `output` are borrowed from argv.
 */
#ifndef COLLECT_MERGE_OPTIONS_H
#define COLLECT_MERGE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "command_line.h"
#include "gate.h"
#include "profile/profile_merge.h"

struct merge_input {
    char *path; /* heap */
    uint64_t weight;
};

struct merge_options {
    enum profile_merge_scale scale;
    struct gate gate;
    const char **labels; /* "KEY=VALUE" */
    size_t label_count, label_capacity;
    const char *output;
    bool force;
    struct merge_input *inputs;
    size_t input_count, input_capacity;
};

enum command_line_result merge_options_read(struct merge_options *options, int argc, char **argv,
                                            struct err *err);
void merge_options_release(struct merge_options *options);

#endif
