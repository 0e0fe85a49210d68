/*
 * results.h - benchmarks and their times, from files of several tools.
 *
 * Understood, by content and not by name:
 *
 *     hyperfine JSON           --export-json of versions 1 and 2; wall time of each run
 *     Google Benchmark JSON    --benchmark_out or _format=json; CPU time of each repetition (real
 *                              time where the benchmark counts by it); aggregates are passed over
 *     Go benchmark text        golang.org/design/14313-benchmark-format; ns/op or sec/op
 *     pgo-bench JSON           --json of two commands; CPU time of each run of test
 *
 * Times are in seconds, positive and finite; equal names fall together. Everything is owned by the
 * results, in one arena. A file that holds no times is an error, as is one time that is zero or
 * less; benchmarks that say of themselves that they failed are left out and counted. Control
 * characters in names are replaced by '?'.
 */
#ifndef BENCH_RESULTS_H
#define BENCH_RESULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/byteset.h"
#include "base/err.h"
#include "base/memory.h"

#define RESULTS_MAX_RUNS 500 /* of one benchmark: STATISTICS_MAX_COUNT */

struct benchmark {
    const char *name;
    double *times_s;
    size_t count, capacity;
};

struct results {
    const char *tool;   /* "hyperfine", ... */
    const char *metric; /* "wall time" or "CPU time" */
    struct benchmark *items;
    size_t count, capacity;
    size_t failed; /* benchmarks that were left out */
    bool partial;  /* the tool was ended before it was done */
    struct byteset names;
};

MUST_CHECK bool results_read(const char *path, struct results *results, struct err *err);
MUST_CHECK bool results_parse(const char *text, size_t len, struct results *results,
                              struct err *err);
void results_release(struct results *results);

/* NULL: there is none of that name. */
const struct benchmark *results_find(const struct results *results, const char *name);

/* For the parsers. */
MUST_CHECK bool results_add(struct results *results, const char *name, double time_s,
                            struct err *err);
MUST_CHECK bool results_parse_json(const char *text, size_t len, struct results *results,
                                   struct err *err);
MUST_CHECK bool results_parse_go(const char *text, size_t len, struct results *results,
                                 struct err *err);

#endif
