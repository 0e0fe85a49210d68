/*
 * staleness.h - clang's account of a profile that does not fit, taken out of standard error.
 *
 * `-mllvm -report-profile-staleness` makes clang 19 and newer print, for each module, how many of
 * its functions' samples were dropped and how many of them were saved by matching (LLVM,
 * SampleProfileMatcher::computeAndReportProfileStaleness):
 *
 *     (F/N) of functions' profile are invalid and (S/T) of samples are discarded due to ...
 *     (F/N) of functions' profile are matched and (S/T) of samples are reused by call graph ...
 *     (C/N) of callsites' profile are invalid and (S/T) of samples are discarded due to ...
 *     (C/N) of callsites and (R/S) of samples are recovered by stale profile matching.
 *
 * T counts the samples of all functions of the module that have a profile. By line, call sites
 * alone are looked at: a line that has gone is not missed. By probe the checksum of a function's
 * control flow tells whether it has changed: the first line, S with inlined copies. In spite of
 * its words LLVM uses the samples of a changed function as far as its calls are still the same,
 * without saying how far that is. The second line, of clang 22, is about renamed functions.
 */
#ifndef PGO_BUILD_STALENESS_H
#define PGO_BUILD_STALENESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"

struct staleness {
    bool reported;    /* at least one line came */
    uint64_t found;   /* samples of functions that are in the module */
    uint64_t lost;    /* of these: discarded and not recovered */
    uint64_t changed; /* of the rest: of functions whose control flow is another now */
};

/* Adds the line to the sums if it is one of the four; a newline at its end is allowed. */
bool staleness_take_line(struct staleness *staleness, const char *line);

void staleness_add(struct staleness *sum, const struct staleness *one);

/* Copies `from` to `to` up to its end, line by line, without the lines that were taken. */
void staleness_filter(struct staleness *staleness, int from, int to);

#endif
