/*
 * slices.h - a profile cut into the parts that single files need.
 *
 * clang reads a whole profile for each file, so a changed profile recompiles every file. A slice
 * has only the records that can matter to one file, and the summary of the whole, which says what
 * is hot; its path is named by its content, so it changes when one of these records does. The same
 * object comes out (`pgo-build verify` shows it).
 *
 * The compile-unit map in the profile's text says which file has which function (docs/formats.md);
 * a profile without it has no slices. Slices and index are made once for each text and kept: the
 * slices in profiles/, the index in projects/NAME/slices/ (slice_index.h).
 */
#ifndef PGO_BUILD_SLICES_H
#define PGO_BUILD_SLICES_H

#include "base/err.h"
#include "base/strbuf.h"
#include "profile.h"

/* Where slices are kept and files are looked for; borrowed. */
struct slices_place {
    const char *cache, *state, *root;
};

/* The path of the index for the profile, whose text has a map; NULL on failure. free() it. */
char *slices_make(const struct profile *profile, const struct slices_place *place, struct err *err);

/*
 * The path of LLVM's binary form of a text that has a map: the whole profile, with the summary that
 * its slices have. NULL with *has_map false: it has none, or is not what our own reader takes; with
 * *has_map: it cannot be kept. free() it.
 */
char *slices_keep_whole(const struct strbuf *text, const char *cache, bool *has_map,
                        struct err *err);

#endif
