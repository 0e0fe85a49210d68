/*
 * slice_index.h - which slice of a profile a source file gets.
 *
 * A slice is the part of a profile that can matter to one file (slices.h makes them). The index is
 * a file of records (record.h), one a source, sorted by bytes: the source, below the project's
 * root without it, else absolute; the slice's path, which is named by its content; and "apart", if
 * the object is not to be that of the whole profile, since static functions of one name differ. It
 * is mapped and searched where it lies: a compile looks at a few lines of it.
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

struct slice {
    const char *path; /* in the arena */
    bool is_apart;
};

/* false: the source has no slice. */
bool slice_index_find(const struct slice_index *index, const char *root, const char *source,
                      struct slice *slice, struct arena *arena);

/* Does a file of sorted lines have a line that starts with this field, or is it? */
bool slice_index_has(const struct file_map *lines, const char *key, size_t len);

#endif
