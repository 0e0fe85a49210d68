/*
 * run.h - one call of a benchmark, and what belongs to all of them.
 *
 * A body knows its run by the struct bench at its front. The session outlives all runs.
 */
#ifndef PGOBENCH_RUN_H
#define PGOBENCH_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/byteset.h"
#include "libpgobench/options.h"
#include "libpgobench/result.h"
#include "pgo_bench.h"

struct session {
    struct bench_options options;
    struct byteset names; /* that were given so far */
    struct strbuf json;
    size_t json_count;
    int name_width;
    bool writes_text, has_failed;
};

struct body {
    void (*plain)(struct bench *b);           /* or */
    void (*with)(struct bench *b, void *arg); /* with `arg` */
    void *arg;
};

struct crowd;

struct run {
    struct bench bench; /* must be first */
    struct session *session;
    struct crowd *crowd; /* of which this is a thread; else NULL */
    size_t level;
    bool passes;        /* false: a sub-benchmark may, but this one does not run */
    bool in_loop, over; /* bench_next() has said true; false */
    bool has_subs;
    uint64_t done, batch; /* iterations before this batch; in it */
    int64_t loop_start_ns;
    struct meter meter;
    struct result result;
};

/* All that `body` has to say; false: something has failed. */
bool run_benchmark(struct session *session, size_t level, const char *name,
                   const struct body *body);

/* False: it has failed, or does not run: no loop, no threads. */
bool run_may_begin(struct run *run);

void run_fail(struct run *run, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
