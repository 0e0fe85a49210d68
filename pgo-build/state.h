/*
 * state.h - the cache folder, and the project's part of it.
 *
 * The cache is $PGO_BUILD_CACHE, else $XDG_CACHE_HOME/pgo-build, else ~/.cache/pgo-build.
 * profiles/ holds converted profiles by content, projects/ what session.h describes. The path of
 * a project's part depends on its root alone: build systems remember the launcher's path.
 */
#ifndef PGO_BUILD_STATE_H
#define PGO_BUILD_STATE_H

#include "base/err.h"
#include "session.h"

struct state {
    char *cache;  /* absolute */
    char *folder; /* projects/NAME */
    char *bin;    /* projects/NAME/bin */
};

/* Names the folders and creates them; fails when the cache cannot be written. */
MUST_CHECK bool state_open(struct state *state, const char *root, struct err *err);
void state_release(struct state *state);

/*
 * Puts the launcher into bin/ under the name of every tool of the session, and takes away names
 * that are none any more. A launcher that is already the same stays.
 */
MUST_CHECK bool state_fill_bin(const struct state *state, const struct session *session,
                               const char *launcher, struct err *err);

#endif
