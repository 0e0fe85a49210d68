/*
 * project.h - where the project begins, and which default.pgo files lie in it.
 *
 * The root is the folder of the nearest .git at or above the start, never the home folder or /;
 * without one it is the start itself. The walk over the project (walk.h) leaves out build folders
 * (those with CMakeCache.txt or build.ninja in them). All paths are absolute and normalized.
 */
#ifndef PGO_BUILD_PROJECT_H
#define PGO_BUILD_PROJECT_H

#include <stddef.h>

struct project {
    char *start; /* where pgo-build was started */
    char *root;
    char **profiles; /* every default.pgo, sorted */
    size_t count, capacity;
};

/* `home` may be NULL. */
void project_find(struct project *project, const char *start, const char *home);
void project_release(struct project *project);

/*
 * The default.pgo for sources that have none above them: the start's, else the root's, else the
 * only one; NULL if there is none.
 */
const char *project_fallback(const struct project *project);

#endif
