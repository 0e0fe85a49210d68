/*
 * samples.h - the samples of a pprof, each to its place: an address of a binary, or a line.
 *
 * Leaf frames only: where time was spent. A sample whose binary is here becomes a count at a
 * vaddr of that binary (binary->samples); one whose binary is not, or is stripped, becomes a count
 * of a line in the tree, if the profile itself has names, lines and start lines; else it is
 * dropped.
 */
#ifndef PGO_CONVERT_SAMPLES_H
#define PGO_CONVERT_SAMPLES_H

#include "base/err.h"
#include "binaries.h"
#include "profile/profile.h"
#include "profile/sampleprof.h"
#include "report.h"

MUST_CHECK bool samples_read(const struct profile *profile, const char *sample_type,
                             uint64_t weight, struct binaries *binaries, struct sampleprof *tree,
                             struct report *report, struct err *err);

#endif
