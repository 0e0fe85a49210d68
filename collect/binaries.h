/*
 * binaries.h - the executables and libraries that a profile is of, for symbols and unwind tables.
 *
 * `struct binaries binaries = {.places = ...};`, binaries_open() for the files of --binary,
 * binaries_find() any number of times, binaries_close(). Which file it is: image_search.h; before
 * that the files of --binary, by build id or, where the recording has none, by name or size. Of the
 * system's libraries only the path in the recording and the servers' debug information of its own
 * are looked at.
 */
#ifndef COLLECT_BINARIES_H
#define COLLECT_BINARIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/byteset.h"
#include "base/err.h"
#include "binary/debug_file.h"
#include "binary/image.h"

struct found_binary {
    struct image *image; /* NULL: not found */
    bool is_guessed;     /* there was no build id: the size of the code was all that told */
    bool is_named;       /* by --binary: borrowed */
    char *name;          /* as it was mapped */
    const char *build_id;
};

struct binaries {
    struct debug_places places;
    bool only_mapped; /* no other place than the path that was mapped: a recording of now */

    struct image **named; /* of --binary */
    bool *is_used;
    size_t named_count;
    struct byteset keys; /* file and build id; by id: */
    struct found_binary *found;
    size_t count, capacity;
};

/* Opens the files of --binary. */
MUST_CHECK bool binaries_open(struct binaries *binaries, const char *const *paths, size_t count,
                              struct err *err);
void binaries_close(struct binaries *binaries);

/* The image of a mapping of [start, start + len) at pgoff; NULL: not found. It stays open. */
struct image *binaries_find(struct binaries *binaries, const char *file, const char *build_id,
                            uint64_t pgoff, uint64_t len);

/* By its name alone: of --binary, else what lies at the path. The caller checks what it has. */
struct image *binaries_find_by_name(struct binaries *binaries, const char *file);

/* Gives the image the debug information of a separate file, if it has none and one is found. */
void binaries_add_debug(const struct binaries *binaries, struct image *image);

/* Is each file of --binary one that was looked for? If not, the error has both build ids. */
MUST_CHECK bool binaries_check(const struct binaries *binaries, struct err *err);

/* Names of what was guessed, apart by ", ", but for the system's libraries; how many. */
size_t binaries_list_guessed(const struct binaries *binaries, struct strbuf *out);

#endif
