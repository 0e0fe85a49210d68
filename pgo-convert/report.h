/*
 * report.h - what became of the samples: read, mapped, on a line of a function, or dropped, and
 * why.
 *
 * Every sample is in `sample_count` and then in exactly one of `by_address`, `by_line` and
 * `dropped`. Counts are weights, in samples. What a sample profile of LLVM's holds is no sample:
 * it is in `inputs` alone. `struct report r = {0};` is an empty one; report_release() frees it.
 */
#ifndef PGO_CONVERT_REPORT_H
#define PGO_CONVERT_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "profile/provenance.h"
#include "profile/sampleprof.h"
#include "refresh.h"
#include "staleness.h"

enum drop_reason {
    DROP_NO_ADDRESS,  /* the sample has no stack, or no mapping holds its address */
    DROP_SYSTEM,      /* a library of the system, or the kernel: not of the project */
    DROP_NO_BINARY,   /* the binary was not found, and the profile has no names and lines */
    DROP_NO_DEBUG,    /* the binary has no debug information */
    DROP_OUTSIDE,     /* the address is in no segment of the binary */
    DROP_NO_FUNCTION, /* debug information, or the profile, knows no function there */
    DROP_NO_LINE,     /* its code belongs to no line; the estimates give it to its block */
    DROP_NO_START,    /* the profile does not say where its functions start */
    DROP_NO_PROBES,   /* no pseudo-probes there, and the profile is by probe */
    DROP_EXACT,       /* a sample of time, and the binary has branch records */
    DROP_REASON_COUNT,
};

enum report_input_kind {
    INPUT_IS_PPROF,
    INPUT_IS_PERF_DATA,
    INPUT_IS_GPERFTOOLS,
    INPUT_IS_BRANCH_TEXT,
    INPUT_IS_COUNTS,
    INPUT_IS_PROFILE, /* LLVM's */
};

struct report_input {
    const char *path; /* borrowed from the command line */
    enum report_input_kind kind;
    uint64_t weight;
    uint64_t samples; /* read of it, times the weight */
    size_t functions; /* of a sample profile */
    uint64_t total;   /* its counts, times the weight */
};

/* Of branch records: ranges that ran in a row (branches.h), each as often as it was seen. */
struct report_ranges {
    uint64_t count;
    uint64_t bogus_count; /* of these, such as cannot have run: a branch was lost between */
};

struct report {
    struct report_input *inputs;
    size_t input_count, input_capacity;
    uint64_t sample_count;
    uint64_t by_address;      /* through the binary */
    uint64_t by_line;         /* by the names and lines of the profile alone */
    size_t unlabelled;        /* stacks left out by --label: not in sample_count */
    uint64_t lost_count;      /* records that the kernel lost */
    uint64_t throttled_count; /* times it stopped sampling for a moment */
    struct report_ranges ranges;
    uint64_t dropped[DROP_REASON_COUNT];
    uint64_t counts_total;                    /* of all inputs, before they were added up */
    char example[DROP_REASON_COUNT][128];     /* the first binary or function that it happened to */
    struct sampleprof_losses checksum_losses; /* of merging */
    char checksum_example[128];               /* theirs: the tree may be replaced */
    const char *refreshed;                    /* the old profile, borrowed; NULL: none */
    struct refresh_report refresh;
    struct staleness staleness;   /* of sample profiles against a build; else empty */
    struct provenance provenance; /* of what was read; its samples are those of sample profiles */
};

/* Good until the next one is added. */
struct report_input *report_add_input(struct report *report, const char *path, uint64_t weight);
void report_release(struct report *report);

void report_drop(struct report *report, enum drop_reason reason, uint64_t weight,
                 const char *example);

/* Only sample profiles were given: a binary is then what they are compared with. */
bool report_is_staleness(const struct report *report);

const char *report_reason_name(enum drop_reason reason);
const char *report_kind_name(enum report_input_kind kind);

/* To the user, on standard error. `counts_kind` says what the counts are. */
void report_say(const struct report *report, const struct sampleprof *tree,
                const struct sampleprof_losses *losses, const char *counts_kind);

/* An error when nothing is left to write; false then. */
MUST_CHECK bool report_check(const struct report *report, struct err *err);

/* --strict: an error when more than STRICT_PCT of the samples, or of the counts, were lost. */
#define STRICT_PCT 5
MUST_CHECK bool report_check_strict(const struct report *report, const struct sampleprof *tree,
                                    const struct sampleprof_losses *losses, struct err *err);

#endif
