/*
 * report.h - what the build got, summed up from the log.
 *
 * When all is well, one short line on standard error, or with -v or after many compiles one screen
 * (report_screen.c); a warning with what to type when a profile
 * was chosen and did not arrive (gcc, a cache that stands outside, a profile of another program,
 * nothing compiled). -v adds a line a file, -report=FILE the same as JSON. A command that failed
 * has said so itself: then there is no summary.
 */
#ifndef PGO_BUILD_REPORT_H
#define PGO_BUILD_REPORT_H

#include "build.h"
#include "log.h"

enum { REPORT_MAX_COMPILERS = 8 };

struct report {
    const struct build *build;
    int exit_code;
    struct log_entry *entries; /* the successful compiles of this run */
    size_t count, capacity;
    size_t with_profile;
    size_t with_slice;                     /* of these: with their slice of it alone */
    size_t verdicts[INJECT_NO_PROBES + 1]; /* of those without */
    size_t with_probes;
    size_t cache_hits, cache_misses;
    struct objects_count objects; /* as they are now */
    uint64_t profile_counts;      /* of the profiles that were used or are carried */
    char *log_text;               /* entries point into it */
};

MUST_CHECK bool report_read(struct report *report, const struct build *build, int exit_code,
                            struct err *err);
void report_say(const struct report *report);
void report_warn(const struct report *report); /* report_say() does, where a profile was chosen */
void report_release(struct report *report);

/* The profile that a file was compiled with, or NULL. */
const struct profile *report_profile(const struct report *report, const struct log_entry *entry);

/* Is the profile one that an object of this project was made with? */
bool report_uses(const struct report *report, const struct profile *profile);

/* Does every source lie outside of the project, where no default.pgo was looked for? */
bool report_is_outside(const struct report *report);

/* What share of the profiles these counts are, 0 to 100; there are some. */
double report_share_pct(const struct report *report, uint64_t counts);

/* The share of the profiles' samples that found their function and line, 0 to 100; -1: unknown. */
double report_found_pct(const struct report *report);

/* The share that found its function, but with another control flow; 0 to 100. */
double report_changed_pct(const struct report *report);

/* "clang-22 and clang-19": the compilers of the entries with or without a profile. */
void report_compilers(const struct report *report, bool with_profile, struct strbuf *out);

/*
 * The report as JSON:
 *
 *     tool, pgo ("auto", "off", "file"), probes ("auto", "on", "off"), exit_code of the command
 *     profiles[]  file, content (profile_text.h), kind, by ("line", "probe"), used_as (for clang;
 *                 without samples by and used_as are absent), samples, recorded_from, recorded_to
 *                 (if it tells), binaries[] (build_id, name), counts, functions
 *     compiles    total, with_profile, with_slice, with_probes, gcc, under_cache, no_probes,
 * cache_hits, cache_misses objects     known, with_profile (now: what a refresh may rebuild),
 * stale_at_start samples_found_pct, samples_changed_pct   absent when the compilers cannot tell
 *     files[]     source, output, verdict (inject.h), profile ("": without), compiler, cache,
 *                 probes and slice (true or false),
 *                 counts, counts_lost and counts_changed where the compiler told
 */
MUST_CHECK bool report_write_json(const struct report *report, const char *path, struct err *err);

#endif
