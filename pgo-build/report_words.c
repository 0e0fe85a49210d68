#include "report_words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/path.h"

enum { SECONDS_A_DAY = 24 * 60 * 60 };

bool report_runs(const struct build *build, const char *program)
{
    return strcmp(path_base(build->options.command[0]), program) == 0;
}

bool report_runs_make(const struct build *build)
{
    return report_runs(build, "make") || report_runs(build, "gmake");
}

bool report_has_word(const struct build *build, const char *word)
{
    for (size_t i = 1; build->options.command[i]; i++)
        if (strcmp(build->options.command[i], word) == 0)
            return true;
    return false;
}

void report_add_command(const struct build *build, struct strbuf *out)
{
    strbuf_add_text(out, "pgo-build");
    for (size_t i = 0; build->options.command[i]; i++)
        if (strncmp(build->options.command[i], "CC=", 3) != 0 &&
            strncmp(build->options.command[i], "CXX=", 4) != 0)
            strbuf_add_format(out, " %s", build->options.command[i]);
}

void report_add_rebuild(const struct build *build, struct strbuf *out)
{
    const char *all = report_runs_make(build)       ? "-B"
                      : report_runs(build, "cmake") ? "--clean-first"
                                                    : "(after removing the objects)";

    strbuf_add_text(out, "; run: ");
    report_add_command(build, out);
    if (!report_has_word(build, all))
        strbuf_add_format(out, " %s", all);
}

static bool is_meson_tree(const struct build *build)
{
    char *folder = path_join(build->scope, "meson-private");
    bool is = file_exists(folder);

    free(folder);
    return is;
}

void report_add_other_compiler(const struct build *build, bool cxx, const char *advice,
                               struct strbuf *out)
{
    if (report_runs_make(build)) {
        report_add_command(build, out);
        strbuf_add_format(out, " CC=clang%s", cxx ? " CXX=clang++" : "");
    } else if (report_runs(build, "meson") || is_meson_tree(build)) {
        strbuf_add_format(out, "rm -r %s, then pgo-build meson setup %s",
                          build_shorten(build, build->scope), build_shorten(build, build->scope));
    } else if (report_runs(build, "cmake") || report_runs(build, "ninja")) {
        strbuf_add_text(out, "remove CMakeCache.txt, then pgo-build cmake -S . -B build");
    } else {
        strbuf_add_text(out, advice);
    }
}

void report_add_profile_name(const struct report *report, struct strbuf *out)
{
    const struct build *build = report->build;
    const struct profile *used = NULL;
    size_t count = 0;

    for (size_t i = 0; i < build->profile_count; i++) {
        if (report_uses(report, build->profiles[i])) {
            used = build->profiles[i];
            count++;
        }
    }
    if (count == 0) /* several, and no compile tells which were used */
        strbuf_add_text(out, "their profiles");
    else if (count == 1)
        strbuf_add_text(out, build_shorten(build, used->source));
    else
        strbuf_add_format(out, "%zu profiles", count);
}

void report_add_provenance(const struct profile *profile, struct strbuf *out)
{
    const struct provenance *provenance = &profile->provenance;
    int64_t days = ((int64_t)time(NULL) - provenance->end_s) / SECONDS_A_DAY;
    char day[PROVENANCE_TIME_BYTES];

    if (!provenance->samples)
        return;
    strbuf_add_format(out, ", %" PRIu64 " samples", provenance->samples);
    if (!provenance->start_s)
        return;
    provenance_format_time(provenance->end_s, day);
    day[strcspn(day, "T")] = '\0';
    strbuf_add_format(out, ", recorded %s", day);
    if (days > 0)
        strbuf_add_format(out, " (%" PRId64 " %s ago)", days, days == 1 ? "day" : "days");
}

static const struct {
    enum inject_verdict verdict;
    const char *words; /* after a number */
} reasons[] = {
    {INJECT_PROFILE, "with no default.pgo for it"},
    {INJECT_UNOPTIMIZED, "not optimized (-O0)"},
    {INJECT_OWN_PROFILE, "with -fprofile flags of its own"},
    {INJECT_ASSEMBLY, "assembly"},
    {INJECT_GCC, "by gcc"},
    {INJECT_UNDER_CACHE, "under a cache outside of pgo-build"},
    {INJECT_UNKNOWN_COMPILER, "by an unknown compiler"},
    {INJECT_NO_PROBES, "lacking the probes that its profile needs"},
};

const char *report_reason(enum inject_verdict verdict)
{
    for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
        if (reasons[i].verdict == verdict)
            return reasons[i].words;
    return "for no reason that is known";
}

void report_add_without(const struct report *report, struct strbuf *out)
{
    const char *between = ": ";

    if (report->count == report->with_profile)
        return;
    strbuf_add_format(out, "%zu without", report->count - report->with_profile);
    for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
        size_t count = report->verdicts[reasons[i].verdict];

        if (!count)
            continue;
        strbuf_add_format(out, "%s%zu %s", between, count, reasons[i].words);
        between = ", ";
    }
}

void report_add_cache(const struct report *report, struct strbuf *out)
{
    if (report->cache_hits)
        strbuf_add_format(out, "; %zu of %zu from ccache", report->cache_hits,
                          report->cache_hits + report->cache_misses);
}

void report_add_found(const struct report *report, struct strbuf *out)
{
    double pct = report_found_pct(report), changed = report_changed_pct(report);

    /* 100.0% is said of all of them only */
    strbuf_add_format(out, "%.1f%% of its samples found their function and line",
                      (double)(uint64_t)(pct * 10) / 10);
    if (changed >= 0.05)
        strbuf_add_format(out, ", %.1f%% a function that has changed", changed);
}

void report_add_kinds(const struct report *report, struct strbuf *out)
{
    bool line = false, probe = false;

    for (size_t i = 0; i < report->build->profile_count; i++) {
        const struct profile *profile = report->build->profiles[i];

        if (profile->path && report_uses(report, profile))
            *(profile->by_probe ? &probe : &line) = true;
    }
    strbuf_add_format(out, "%s%s%s", line ? " by line" : "", line && probe ? " and" : "",
                      probe ? " by probe" : "");
}
