/*
 * staleness.h - clang's account of a profile that does not fit, taken out of standard error.
 *
 * `-mllvm -report-profile-staleness` makes clang 19 and newer print, for each module, how many of
 * its functions' samples were dropped and how many of them were saved by matching (LLVM,
 * SampleProfileMatcher::computeAndReportProfileStaleness):
 *
 *     (F/N) of functions' profile are invalid and (S/T) of samples are discarded due to ...
 *     (C/N) of callsites' profile are invalid and (S/T) of samples are discarded due to ...
 *     (C/N) of callsites and (R/S) of samples are recovered by stale profile matching.
 *
 * The first line is there only with probes. T counts the samples of all functions of the module
 * that have a profile. Call sites alone are looked at: a line that has gone is not missed.
 */
#ifndef PGO_BUILD_STALENESS_H
#define PGO_BUILD_STALENESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"

struct staleness {
    bool reported;  /* at least one line came */
    uint64_t found; /* samples of functions that are in the module */
    uint64_t lost;  /* of these: discarded and not recovered */
};

/* Adds the line to the sums if it is one of the three; a newline at its end is allowed. */
bool staleness_take_line(struct staleness *staleness, const char *line);

void staleness_add(struct staleness *sum, const struct staleness *one);

/* Copies `from` to `to` up to its end, line by line, without the lines that were taken. */
void staleness_filter(struct staleness *staleness, int from, int to);

#endif
