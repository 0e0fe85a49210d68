/*
 * image_search.h - the executable on this machine that mapped code is of.
 *
 * The build id decides. Without one a file is taken whose code is just as large as what was mapped;
 * that may mislead, so the user is to be told.
 */
#ifndef BINARY_IMAGE_SEARCH_H
#define BINARY_IMAGE_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "binary/debug_file.h"
#include "binary/image.h"

struct image_wanted {
    const char *file;     /* as it was mapped */
    const char *build_id; /* "": not known */
    uint64_t pgoff, len;  /* of the mapping */
};

/* Is the code of the image of the very extent that was mapped? */
bool image_is_as_large(const struct image *image, const struct image_wanted *wanted);

/* Has the file at `path` that name? Linux adds " (deleted)" to one that was replaced meanwhile. */
bool image_has_name(const char *path, const struct image_wanted *wanted);

/* The file at `path`, if it is the one that is wanted; else NULL. */
struct image *image_try(const char *path, const struct image_wanted *wanted);

/*
 * By the path that was mapped, the name in the current folder, then (with a build id) the debug
 * folders and servers. NULL: not found; `tried` gets where was looked, in words.
 */
struct image *image_search(const struct image_wanted *wanted, const struct debug_places *places,
                           struct strbuf *tried);

/*
 * Is it code of the system, not of a project: a library in the system's folders, the kernel's, or
 * our own profiler's? By the name as it was mapped.
 */
bool image_is_system(const char *mapped_file);

#endif
