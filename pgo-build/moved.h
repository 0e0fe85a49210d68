/*
 * moved.h - functions that came to a file after its slice was cut: found in the object.
 *
 * The compile-unit map is of the binary that was profiled. A function that has moved to another
 * file since has its record there, but not in that file's slice. So after a compile with a slice
 * the names in the object are compared with those of the whole profile: symbols of functions, and,
 * where the debug information is ours (-g1), the names in it but undefined symbols: those of
 * inlined functions. What is missing is noted in the state folder's `moved` (records: profile,
 * source as in the index, name) and belongs to the file's slice from the next start on.
 *
 * Beside each profile and slice that slices.h makes lies a file `names`: its functions, one a line,
 * sorted by bytes, after an empty line; of the whole profile without those that are static and not
 * alone in the map.
 */
#ifndef PGO_BUILD_MOVED_H
#define PGO_BUILD_MOVED_H

#include <stdbool.h>

#include "base/byteset.h"

/*
 * Adds the names in the object that have a record in the profile `whole` and none in `slice`. An
 * object that is not ELF (with LTO) has none.
 */
void moved_find(const char *object, const char *slice, const char *whole, bool with_inlined,
                struct byteset *names);

void moved_note(const char *state, const char *profile, const char *source,
                const struct byteset *names);

#endif
