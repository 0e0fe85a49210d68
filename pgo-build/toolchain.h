/*
 * toolchain.h - the programs on PATH that matter: which clang is ours, and who is called what.
 *
 * The chosen clang is what cc and c++ mean while pgo-build runs: the newest of 22 to 19, then an
 * unversioned clang, then 18 to 14. Our own launcher folder and compiler caches that masquerade
 * as a compiler (/usr/lib/ccache/clang) are passed over.
 */
#ifndef PGO_BUILD_TOOLCHAIN_H
#define PGO_BUILD_TOOLCHAIN_H

#include <stdbool.h>

#include "base/err.h"
#include "session.h"

struct toolchain {
    char *path;     /* PATH without our folder */
    char *cc, *cxx; /* absolute; NULL if there is no clang */
    char *cc_name;  /* "clang-22" */
    char *cxx_name; /* "clang++-22" */
    char *profdata; /* the llvm-profdata that belongs to it, or NULL */
};

void toolchain_find(struct toolchain *toolchain, const char *path, const char *bin);
void toolchain_release(struct toolchain *toolchain);

/* Adds every compiler and cache on PATH to the session, cc and c++ as the chosen clang. */
void toolchain_list(const struct toolchain *toolchain, struct session *session);

#endif
