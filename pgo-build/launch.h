/*
 * launch.h - one call of the launcher: what it was called for, and through what.
 *
 * The launcher's own path says everything else: .../projects/NAME/bin/clang is "clang" in the
 * state folder .../projects/NAME (session.h). Nothing comes from the environment, so `env -i`
 * works.
 */
#ifndef PGO_BUILD_LAUNCH_H
#define PGO_BUILD_LAUNCH_H

#include <stdbool.h>

#include "session.h"

struct launch {
    char *self, *bin, *state;
    bool live; /* a pgo-build runs here; otherwise pass through */
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
