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
    int argc;       /* the compiler's command line, without caches and launchers in front */
    char **argv;    /* ... */
    char *asked;    /* the compiler as it was called: a name in bin/, or a path */
    char *compiler; /* the program to run */
    char **front;   /* caches and launchers that the user has put in front of it, in order */
    size_t front_count, front_capacity;
    bool cache_asked; /* one of these is (or, with CCACHE_DISABLE, was) a cache */
    char *cache;      /* ccache, to be put there when nobody else is, or NULL */
};

/* The compiler cache that a compile runs through, of `front` or (if `ours`) `cache`; or NULL. */
const char *launch_cache(const struct launch *launch, bool ours);

/* Does the compile run through a program that would send it to other machines? */
const char *launch_distributor(const struct launch *launch);

/* argv stays the caller's; its first word is replaced. Release also after a failure. */
MUST_CHECK bool launch_read(struct launch *launch, int argc, char **argv, struct err *err);
void launch_release(struct launch *launch);

#endif
