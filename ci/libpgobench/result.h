/*
 * result.h - what one run of one benchmark gave, and the two forms in which it is written.
 *
 * Text: golang.org/design/14313-benchmark-format, with the columns of Go's testing package. JSON:
 * that of Google Benchmark, docs/user_guide.md there; alloc_bytes_per_iter and metrics are fields
 * beside its own, as counters of users are.
 */
#ifndef PGOBENCH_RESULT_H
#define PGOBENCH_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "libpgobench/meter.h"

#define RESULT_MAX_METRICS 8

struct metric {
    char unit[32];
    double value;
};

enum result_status { RESULT_MEASURED, RESULT_FAILED, RESULT_SKIPPED };

struct result {
    const char *name; /* as in C: parse/small; borrowed */
    enum result_status status;
    char message[512]; /* why it failed or was skipped */
    uint64_t index, repetitions;
    unsigned threads;    /* of bench_parallel(); 0: it has none */
    uint64_t iterations; /* 1 or more, if measured */
    struct reading used; /* by all iterations */
    bool has_allocations;
    uint64_t bytes; /* of one operation; 0: not said */
    struct metric metrics[RESULT_MAX_METRICS];
    size_t metric_count;
};

/* BenchmarkParse/small: Go asks for a capital. */
void result_text_name(const char *name, struct strbuf *out);

void result_text_head(struct strbuf *out);
void result_text(const struct result *result, int name_width, struct strbuf *out);

/* Head, results, end. */
void result_json_head(const char *program, struct strbuf *out);
void result_json(const struct result *result, bool is_first, struct strbuf *out);
void result_json_end(struct strbuf *out);

#endif
