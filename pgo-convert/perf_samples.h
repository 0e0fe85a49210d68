/*
 * perf_samples.h - the samples of a perf.data file, each to its place in a binary.
 *
 * Samples with branch records become ranges and branches of the binaries they lie in
 * (binary->branches). In a file without any, each sample becomes a sample of time at its address
 * (binary->samples), as those of a pprof; its period is not regarded. Of several events the ones
 * that measure time count then (cycles, cpu-clock, task-clock), if there are any.
 */
#ifndef PGO_CONVERT_PERF_SAMPLES_H
#define PGO_CONVERT_PERF_SAMPLES_H

#include <stddef.h>

#include "base/err.h"
#include "binaries.h"
#include "report.h"

/* The content of one file. */
MUST_CHECK bool perf_samples_read(const void *data, size_t len, uint64_t weight,
                                  struct binaries *binaries, struct report *report,
                                  struct err *err);

#endif
