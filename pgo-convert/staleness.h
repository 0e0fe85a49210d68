/*
 * staleness.h - how much of a sample profile still fits a build of today's source.
 *
 * By line: a count fits if the build has code at the same line offset and discriminator of a
 * function of that name, wherever it was inlined. A line that moved onto the place of another one
 * looks as if it fitted: the share is an upper bound. By pseudo-probe: if the checksum of the
 * function's control-flow graph is the same; that is what the compiler asks, too.
 *
 * Life cycle: staleness_measure() fills a zeroed struct, staleness_release(). Names are copies.
 */
#ifndef PGO_CONVERT_STALENESS_H
#define PGO_CONVERT_STALENESS_H

#include "base/byteset.h"
#include "base/err.h"
#include "binaries.h"
#include "profile/sampleprof.h"

/* A function of which at least so much fits is matched. */
#define STALENESS_MATCHED_PCT 95

enum staleness_state {
    STALENESS_MATCHED,
    STALENESS_MOVED, /* it is there, but its lines are elsewhere, or its checksum is another one */
    STALENESS_GONE,  /* the build has no code of that name */
    STALENESS_STATE_COUNT,
};

struct staleness_function {
    const char *name;
    uint64_t total; /* of its own lines, by itself and inlined elsewhere */
    uint64_t found; /* of these, such as fit */
    enum staleness_state state;
};

struct staleness {
    struct byteset names;                 /* of the functions */
    struct staleness_function *functions; /* by total, descending, then name */
    size_t count, capacity;
    uint64_t total, found;
    uint64_t gone;                        /* of functions that are gone; the rest has moved */
    size_t states[STALENESS_STATE_COUNT]; /* number of functions */
};

/* Against all the binaries together. Fails if a profile is by probe and no binary has probes. */
MUST_CHECK bool staleness_measure(struct staleness *staleness, const struct sampleprof *profile,
                                  struct binaries *binaries, struct err *err);
void staleness_release(struct staleness *staleness);

#endif
