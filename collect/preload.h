/*
 * preload.h - a command recorded without perf events: by libpgocollect, preloaded into it and its
 * children, which writes a profile of each second into a temporary folder of ours.
 *
 * Life cycle: preload_open(); preload_variables() go into the command's environment; preload_read()
 * now and then, and once after its end, moves what is there into a trace; preload_close(), which
 * removes the folder. A process that is ended by a signal, or execs, takes its last second along.
 */
#ifndef COLLECT_PRELOAD_H
#define COLLECT_PRELOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "trace.h"

#define PRELOAD_MAX_HZ 1000 /* libpgocollect's */

struct preload {
    char *folder;
    char *variables[6];
    bool leaves_only;
    uint64_t damaged; /* files that are no profile */
};

/* ERR_NOT_FOUND: no libpgocollect. leaves_only: forget who called. hz up to PRELOAD_MAX_HZ. */
MUST_CHECK bool preload_open(struct preload *preload, uint64_t hz, bool leaves_only,
                             struct err *err);
void preload_close(struct preload *preload);

/* "NAME=VALUE" up to a NULL; they belong to the preload. */
char *const *preload_variables(const struct preload *preload);

void preload_read(struct preload *preload, struct trace *trace);

/* Why the loader will not preload anything into this program, or NULL: no reason is known. */
const char *preload_obstacle(const char *command);

#endif
