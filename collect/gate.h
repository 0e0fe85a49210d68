/*
 * gate.h - is this the profile that was meant? Asked before anything is written: it would be
 * compiled in, and nobody would look again.
 *
 * A profile that names another program (a port that somebody else has taken), has too few samples,
 * or too few of them in the program's own binary, which a profile names first.
 */
#ifndef COLLECT_GATE_H
#define COLLECT_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/options.h"
#include "profile/profile_merge.h"

struct gate {
    uint64_t min_samples, min_own_pct;
    const char *program; /* file name without folders; borrowed; NULL: any */
};

#define GATE_DEFAULTS ((struct gate){.min_samples = 1, .min_own_pct = 5})

/* Rows of a table of options, and what takes those ids: ERR_USAGE. */
enum { GATE_MIN_SAMPLES = 200, GATE_MIN_OWN, GATE_PROGRAM };

#define GATE_OPTIONS                                                                               \
    {"--min-samples", OPTION_VALUE, "N", "fewer are an error, nothing is written (1)",             \
     GATE_MIN_SAMPLES},                                                                            \
        {"--min-own", OPTION_VALUE, "PCT",                                                         \
         "an error if a smaller share is in the program's own\nbinary, which each profile names "  \
         "first (5)",                                                                              \
         GATE_MIN_OWN},                                                                            \
    {                                                                                              \
        "--program", OPTION_VALUE, "NAME",                                                         \
            "a profile of another program, by the name of its\nfile, is an error", GATE_PROGRAM    \
    }

MUST_CHECK bool gate_set(struct gate *gate, int id, const char *value, struct err *err);

/* One profile, before it is added. ERR_MISMATCH. */
MUST_CHECK bool gate_check_program(const struct gate *gate, const struct profile *profile,
                                   struct err *err);

/* All that was added. ERR_NOT_FOUND, ERR_MISMATCH; a hint about labels is the caller's. */
MUST_CHECK bool gate_check(const struct gate *gate, const struct profile_merge_facts *facts,
                           struct err *err);

/* Says, as a warning, that the profiles are of several programs. */
void gate_warn_programs(const struct profile_merge_facts *facts);

#endif
