/*
 * record_options.h - the command line of `pgo-collect record`.
 */
#ifndef COLLECT_RECORD_OPTIONS_H
#define COLLECT_RECORD_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

enum call_graph {
    CALL_GRAPH_FP,
    CALL_GRAPH_DWARF,
    CALL_GRAPH_NONE,
};

struct record_options {
    uint64_t hz;
    double max_seconds; /* 0: until the target ends */
    const char *output;
    bool force;
    enum call_graph call_graph;
    uint32_t stack_bytes; /* of CALL_GRAPH_DWARF; else 0 */
    bool is_machine_wide; /* -a */
    pid_t pid;            /* 0: a command, or -a */
    char *const *command; /* argv; ends with NULL */
};

enum record_request {
    RECORD_RUN,
    RECORD_SHOWED, /* --help or --version has been printed */
    RECORD_ERROR,
};

enum record_request record_options_read(struct record_options *options, int argc, char **argv,
                                        struct err *err);

#endif
