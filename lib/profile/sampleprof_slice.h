/*
 * sampleprof_slice.h - the part of a profile that can matter to the compile of one source file.
 *
 * The rule: the records of the functions that the file's compile unit defines or inlines (the
 * compile-unit map has them), and of all functions that these records name, and so on. What a
 * record names are its inlined calls and its targets. The second half is for LLVM's order of
 * functions, which follows the calls of the profile through other files as well.
 *
 * A static function belongs to its unit: another unit that has one of the same name gets its own
 * record, or none. Those of headers (of files that are no unit) are everybody's.
 *
 * Life cycle: slicer_new() of a finished tree, which must live on; cut as often as you like;
 * slicer_free(). A cut takes time in the size of what it gives back.
 */
#ifndef PROFILE_SAMPLEPROF_SLICE_H
#define PROFILE_SAMPLEPROF_SLICE_H

#include "profile/sampleprof.h"

struct slicer;

struct slicer *slicer_new(const struct sampleprof *tree);
void slicer_free(struct slicer *slicer); /* NULL is fine */

/*
 * The functions for the file with these names, whose units are those of `paths` (an array that
 * ends with NULL), in the order of the tree, no two of one name. free() the array. *is_apart: a
 * static function among them is not the one of the flat profile, so that another object is meant.
 */
const struct sampleprof_function **slicer_cut(struct slicer *slicer, const char *const *names,
                                              size_t name_count, const char *const *paths,
                                              size_t *count, bool *is_apart);

#endif
