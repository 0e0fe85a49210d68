/*
 * refresh.h - a new profile that keeps the old one's records where the difference is noise.
 *
 * Two recordings of the same thing differ, and every changed record compiles a file anew. So a
 * function keeps the record that it has in the old profile, to the byte, until the new one differs
 * by more than chance explains and by enough to matter. docs/refresh.md has the rule's reasons and
 * its measurements; the numbers are in refresh.c.
 *
 * The next recording is of the program that this profile has built, and inlines otherwise than the
 * one before: a record of one is then a part of other records in the other. There the functions'
 * own lines are compared, all copies of them together (bodies.h). A record that is made anew has
 * the copies, too, that the kept records of its callers lack.
 *
 * What is taken anew is brought to the old profile's scale first: all its counts are multiplied so
 * that the lines which can be compared come to the same sum. So the compiler's thresholds
 * stay as well: the summary of the counts that makes them is the old one, to the byte, until one of
 * them would be off by more than a factor of 2. It is compared with the present each time, so it
 * cannot drift, and may stand for ever.
 * A kept record is compared with each new profile by itself, never with what it was once taken for,
 * and stands for at most REFRESH_MAX_AGE refreshes: the result cannot drift away from the present.
 */
#ifndef PGO_CONVERT_REFRESH_H
#define PGO_CONVERT_REFRESH_H

#include "profile/sampleprof.h"

#define REFRESH_MAX_AGE 12

struct refresh_report {
    size_t kept;           /* functions whose old record stands */
    size_t changed;        /* whose new record was taken: the difference is real */
    size_t expired;        /* whose new record was taken: the old one was too old */
    size_t added;          /* that are new */
    size_t left_out;       /* that are new, with too few samples to tell from chance */
    size_t inlined;        /* that are new as records: the kept ones have them, inlined */
    size_t unseen;         /* of `kept`: that the new profile lacks, by chance, or has inlined */
    size_t gone;           /* that the new profile lacks, and not by chance, or for too long */
    uint64_t kept_samples; /* of the new profile, in functions that kept their record */
    uint64_t sample_count; /* of the new profile */
    bool is_summary_kept;  /* what is hot and what is cold is as it was */
    bool is_other_kind;    /* one is by pseudo-probe, the other by line: nothing can be kept */
};

/* Both finished; the result is too, and the caller's. */
struct sampleprof *refresh(struct sampleprof *old, const struct sampleprof *new,
                           struct refresh_report *report);

#endif
