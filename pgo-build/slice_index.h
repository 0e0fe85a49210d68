/*
 * slice_index.h - which slice of a profile a source file gets.
 *
 * A slice is the part of a profile that can matter to one file (slices.h makes them). The index is
 * a file of records (record.h), one a source, sorted by bytes: the source, below the project's
 * root without it, else absolute; and the slice's path, which is named by its content. It is
 * mapped and searched where it lies: a compile looks at a few lines of it.
 */
#ifndef PGO_BUILD_SLICE_INDEX_H
#define PGO_BUILD_SLICE_INDEX_H

#include <stdbool.h>

#include "base/file.h"
#include "base/memory.h"

/* -slices= */
enum slices_mode {
    SLICES_AUTO, /* by compilers for which it is proven that the objects stay the same */
    SLICES_ON,   /* by all that read them */
    SLICES_OFF,
};

const char *slices_mode_name(enum slices_mode mode); /* "auto" */
bool slices_mode_parse(const char *name, enum slices_mode *mode);

struct slice_index {
    const char *profile; /* the user's file */
    const char *path;    /* of the index */
    struct file_map map; /* while it is open */
};

/* An index that is not there, or is not a file, knows no source. */
void slice_index_open(struct slice_index *index);
void slice_index_close(struct slice_index *index);

/* The source as it stands in an index; points into `source`. All paths here are absolute. */
const char *slice_index_key(const char *root, const char *source);

/* NULL if the source has no slice; else in the arena. */
const char *slice_index_find(const struct slice_index *index, const char *root, const char *source,
                             struct arena *arena);

#endif
