/*
 * facts.h - what the report knows beside the measurement, from the files of --report.
 *
 * Each is told by its content: build facts (docs/formats.md), the JSON of pgo-build -report, the
 * JSON of pgo-convert --report. Everything is optional: a text that is not known is "", a number
 * FACTS_UNKNOWN. Fields that are there must be of the right kind, and pages that are named must be
 * there. What is large is read when the report is written: our own size shows in the peak memory of
 * the commands.
 *
 * Life cycle: a zeroed struct, facts_read for each file, facts_release. All strings are the facts'.
 */
#ifndef BENCH_FACTS_H
#define BENCH_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/memory.h"

#define FACTS_UNKNOWN (-1.0)

struct facts_build {
    const char *label, *compiler, *flags;
    const char *binary; /* its path */
};

/* What one building of the program took. */
struct facts_cost {
    const char *name;
    double wall_s, cpu_s, compiles, cache_hits, cache_misses;
};

/* A profile that pgo-build used. */
struct facts_profile {
    const char *file, *kind, *by, *recorded_from, *recorded_to;
    double samples, functions;
};

/* What pgo-build says of one command. */
struct facts_use {
    double compiles, with_profile, cache_hits, cache_misses, found_pct, changed_pct;
    struct facts_profile *profiles;
    size_t profile_count, profile_capacity;
};

/* What pgo-convert says of one conversion; all in samples. */
struct facts_conversion {
    const char *input;
    double read, by_address, by_line;
};

struct facts_flame {
    const char *name, *path;
};

struct facts {
    struct arena arena;
    const char *title, *commit;
    struct facts_build base, test;
    struct facts_cost *costs;
    struct facts_use *uses;
    struct facts_conversion *conversions;
    struct facts_flame *flames;
    size_t cost_count, use_count, conversion_count, flame_count;
    size_t cost_capacity, use_capacity, conversion_capacity, flame_capacity;
};

void facts_init(struct facts *facts);

/* Adds what the file holds; of two titles the later one stands. */
MUST_CHECK bool facts_read(struct facts *facts, const char *path, struct err *err);
MUST_CHECK bool facts_parse(struct facts *facts, const char *path, const char *text, size_t len,
                            struct err *err);
void facts_release(struct facts *facts);

#endif
