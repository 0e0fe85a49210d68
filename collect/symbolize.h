/*
 * symbolize.h - names and lines for the locations of a profile, from the binaries its mappings
 * name: a default.pgo must be of use where these binaries are not.
 *
 * A mapping is symbolized if the file it names can be read and has its build id; with debug
 * information its locations get inline stacks, else the name of the ELF symbol. What stands in the
 * profile already is kept, as is what cannot be symbolized: addresses and build ids are never
 * lost. Nothing here fails.
 */
#ifndef COLLECT_SYMBOLIZE_H
#define COLLECT_SYMBOLIZE_H

#include <stdint.h>

#include "binaries.h"
#include "profile/profile.h"

void symbolize_profile(struct profile *profile);

/*
 * The same from binaries that are looked for further; a mapping without a build id gets that of the
 * binary that was found for it.
 */
void symbolize_from(struct profile *profile, struct binaries *binaries);

/* How much of it is symbolized, by the leaves of the samples, in the first value. */
struct symbolize_share {
    uint64_t total, with_function, with_line;
};
struct symbolize_share symbolize_measure(const struct profile *profile);

#endif
