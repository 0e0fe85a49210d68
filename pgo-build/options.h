/*
 * options.h - the front end's command line.
 */
#ifndef PGO_BUILD_OPTIONS_H
#define PGO_BUILD_OPTIONS_H

#include <stdbool.h>

#include "base/err.h"
#include "probes.h"
#include "slice_index.h"

enum pgo_mode { PGO_AUTO, PGO_OFF, PGO_FILE };

/* The word in front of the command; without one the command is built. */
enum build_task {
    TASK_BUILD,
    TASK_VERIFY,
    TASK_DOCTOR, /* there is no command */
    TASK_STATUS, /* the command is a list of binaries */
};

struct build_options {
    enum build_task task;
    enum pgo_mode mode;
    const char *file; /* of -pgo=FILE */
    enum probes_mode probes;
    enum slices_mode slices;
    bool settings_given; /* one of the above */
    bool dry_run, verbose;
    const char *report; /* where the JSON goes, or NULL */
    char **command;     /* ends with NULL; at least one word */
};

enum options_outcome { OPTIONS_RUN, OPTIONS_DONE, OPTIONS_WRONG };

/* OPTIONS_DONE: --help or --version was printed. Strings point into argv. */
enum options_outcome options_read(struct build_options *options, int argc, char **argv,
                                  struct err *err);

#endif
