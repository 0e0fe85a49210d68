/*
 * selection.h - which profile a source file gets, its slice of it, and whether it gets
 * pseudo-probes.
 *
 * The rule: the nearest default.pgo from the source's own folder up to the project's root, else
 * the fallback (which the project stage has chosen: the one where pgo-build was started, the
 * root's, or the only one). With -pgo=FILE there is only a fallback. All paths are absolute and
 * normalized. A rule list is plain data; who fills it owns the strings.
 */
#ifndef PGO_BUILD_SELECTION_H
#define PGO_BUILD_SELECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "probes.h"
#include "slice_index.h"

/* A profile that is ready for the compiler; path NULL stands for "has no samples: build without".
 */
struct selection_profile {
    const char *source; /* the file the user dropped */
    const char *path;   /* what -fprofile-sample-use gets; named by its content */
    bool by_probe;      /* else by line */
    const char *note;   /* the folder of what a link gets (note.h); NULL without path */
};

struct selection_rule {
    const char *folder; /* holds a default.pgo */
    struct selection_profile profile;
};

struct selection {
    const char *root;
    struct selection_rule *rules;
    size_t count, capacity;
    struct selection_profile fallback; /* both NULL if there is none */
    enum probes_mode probes;
    enum slices_mode slices;
    struct slice_index *indexes; /* of the profiles that have slices, each once */
    size_t index_count, index_capacity;
};

/* The profile for the source, or NULL if none was dropped for it. */
const struct selection_profile *selection_find(const struct selection *selection,
                                               const char *source);

/* Before slices are asked for; selection_close() is fine without. */
void selection_open(struct selection *selection);
void selection_close(struct selection *selection);

/* The source's slice of the profile; false: it has none. The path is in the arena. */
bool selection_slice(const struct selection *selection, const struct selection_profile *profile,
                     const char *source, struct slice *slice, struct arena *arena);

/* Shall a compile with this profile, or with none (NULL), number its blocks? */
bool selection_wants_probes(const struct selection *selection,
                            const struct selection_profile *profile);

#endif
