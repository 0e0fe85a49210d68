/*
 * walk.h - every file below a folder, bounded.
 *
 * Links are not followed; .git, .hg, .svn and node_modules are left out. The walk ends early at
 * 32 levels or 500,000 entries.
 */
#ifndef PGO_BUILD_WALK_H
#define PGO_BUILD_WALK_H

#include <stdbool.h>
#include <stddef.h>

struct walk {
    void *context;
    bool (*enters)(void *context, const char *folder); /* NULL: everywhere */
    void (*visit)(void *context, const char *path);    /* a file or a link; borrowed */
    size_t entries;                                    /* seen so far */
};

void walk_folder(struct walk *walk, const char *folder);

#endif
