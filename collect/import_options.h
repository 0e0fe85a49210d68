/*
 * import_options.h - the command line of `pgo-collect import`.
 *
 * import_options_release() in any case. Texts are borrowed from argv.
 */
#ifndef COLLECT_IMPORT_OPTIONS_H
#define COLLECT_IMPORT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct import_options {
    const char *input; /* "-": standard input */
    const char *event; /* NULL: the one that measures time */
    uint32_t *pids;    /* none, and no comms: all processes */
    size_t pid_count, pid_capacity;
    const char **comms;
    size_t comm_count, comm_capacity;
    bool keeps_kernel, drops_branches;
    const char **binaries, **debug_folders;
    size_t binary_count, binary_capacity, debug_folder_count, debug_folder_capacity;
    const char *output;
    bool force;
};

enum import_request {
    IMPORT_RUN,
    IMPORT_SHOWED, /* --help or --version has been printed */
    IMPORT_ERROR,
};

enum import_request import_options_read(struct import_options *options, int argc, char **argv,
                                        struct err *err);
void import_options_release(struct import_options *options);

#endif
