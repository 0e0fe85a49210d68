/*
 * launch.h - one call of the launcher: what it was called for, and through what.
 *
 * The launcher's own path says everything else: .../projects/NAME/bin/clang is "clang" in the
 * state folder .../projects/NAME (session.h). Nothing has to come from the environment, so
 * `env -i` works. But a tree may have been configured from another folder, hence in another
 * project, and go on calling the launchers of that one: when no pgo-build runs there, the one
 * that PGO_BUILD_SESSION names is served, if it runs.
 */
#ifndef PGO_BUILD_LAUNCH_H
#define PGO_BUILD_LAUNCH_H

#include <stdbool.h>

#include "session.h"

struct launch {
    char *self, *home; /* our own path, and the bin/ that it lies in */
    char *bin, *state; /* of the session: as a rule, bin is home */
    bool live;         /* a pgo-build runs here; otherwise pass through */
    struct session session;
    int argc;         /* the compiler's command line, without caches and launchers in front */
    char **argv;      /* ... */
    char *asked;      /* the compiler as it was called: a name in bin/, or a path */
    char *compiler;   /* the program to run */
    char *cache;      /* the program to put in front, or NULL */
    bool cache_asked; /* the user has put it there */
};

/* argv stays the caller's; its first word is replaced. Release also after a failure. */
MUST_CHECK bool launch_read(struct launch *launch, int argc, char **argv, struct err *err);
void launch_release(struct launch *launch);

#endif
