/* The words of the report. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/talk.h"
#include "report_screen.h"
#include "report_words.h"

static const char *files(size_t count)
{
    return count == 1 ? "file" : "files";
}

/* What lies here and was never seen by a launcher: nobody can say what it carries. */
static void add_unknown(const struct report *report, struct strbuf *out)
{
    const struct build *build = report->build;

    if (!report->objects.unknown)
        return;
    strbuf_add_format(out, "; %zu %s built without pgo-build", report->objects.unknown,
                      report->objects.unknown == 1 ? "object here was" : "objects here were");
    if (!report_has_word(build, "-B") && !report_has_word(build, "--clean-first"))
        report_add_rebuild(build, out);
}

/* " by clang-22 with default.pgo (97.2% of its samples found ...)" */
static void add_with(const struct report *report, struct strbuf *out)
{
    strbuf_add_text(out, " by ");
    report_compilers(report, true, out);
    strbuf_add_text(out, " with ");
    report_add_profile_name(report, out);
    report_add_kinds(report, out);
    if (report_found_pct(report) < 0)
        return;
    strbuf_add_text(out, " (");
    report_add_found(report, out);
    strbuf_add_char(out, ')');
}

/* "33 files compiled by clang-22 with default.pgo; 2 without: 1 assembly, ..." */
static void say_compiled(const struct report *report)
{
    struct strbuf line = {0};

    strbuf_add_format(&line, "%zu %s compiled", report->with_profile, files(report->with_profile));
    if (report->with_profile)
        add_with(report, &line);
    strbuf_add_text(&line, report->count > report->with_profile ? "; " : "");
    report_add_without(report, &line);
    report_add_cache(report, &line);
    add_unknown(report, &line);
    talk_say("%s", line.data);
    strbuf_release(&line);
}

/* There are profiles in the project, and none is for what was compiled, or lies here. */
static bool has_none_for_these(const struct report *report)
{
    const struct objects_count *objects = &report->objects;

    if (report->count)
        return !report->with_profile && report->verdicts[INJECT_PROFILE];
    return objects->plain && objects->plain == objects->known && !objects->unknown;
}

/* Why there is no profile at all; NULL if one was chosen. */
static const char *why_none(const struct report *report)
{
    const struct build *build = report->build;

    if (build->options.mode == PGO_OFF)
        return "-pgo=off";
    for (size_t i = 0; i < build->profile_count; i++)
        if (build->profiles[i]->path)
            return has_none_for_these(report) ? "no default.pgo is for these files" : NULL;
    return build->profile_count ? "default.pgo has no samples" : "no default.pgo was found";
}

/* A default.pgo without samples is worth a warning. */
static bool has_empty_profile(const struct build *build)
{
    for (size_t i = 0; i < build->profile_count; i++)
        if (build->profiles[i]->path)
            return false;
    return build->options.mode != PGO_OFF && build->profile_count;
}

/* Goals that remove objects, options that build nothing, and commands beside which nothing lies. */
static bool builds_nothing(const struct report *report)
{
    const struct build *build = report->build;
    bool is_builder =
        report_runs_make(build) || report_runs(build, "ninja") || report_runs(build, "cmake");

    if (!is_builder && !report->objects.known && !report->objects.unknown)
        return true;
    for (size_t i = 1; build->options.command[i]; i++) {
        const char *word = build->options.command[i];

        if (strstr(word, "clean") == word || strcmp(word, "distclean") == 0 ||
            strcmp(word, "mrproper") == 0 || strcmp(word, "help") == 0 ||
            strcmp(word, "--version") == 0 || strcmp(word, "--help") == 0)
            return true;
    }
    return build->environment.configures;
}

static const char *ready_kind(bool probes)
{
    return probes ? "probe" : "line";
}

static void say_compiled_without(const struct report *report, const char *why)
{
    struct strbuf line = {0};

    strbuf_add_format(&line, "%s: %zu %s compiled by ", why, report->count, files(report->count));
    report_compilers(report, false, &line);
    strbuf_add_text(&line, " without a profile");
    if (report->verdicts[INJECT_PROFILE] == report->count)
        strbuf_add_format(&line, ", ready to be profiled by %s",
                          ready_kind(report->with_probes == report->count));
    else if (report->verdicts[INJECT_UNOPTIMIZED])
        strbuf_add_format(&line, ", %zu of them not optimized (-O0): profiles need -O2",
                          report->verdicts[INJECT_UNOPTIMIZED]);
    report_add_cache(report, &line);
    if (report->build->options.mode != PGO_OFF && !report->build->profile_count &&
        report_is_outside(report))
        strbuf_add_format(&line,
                          "; their sources are not below %s, where a default.pgo was looked for: "
                          "start pgo-build in their folder, or name one: -pgo=FILE",
                          report->build->project.root);
    if (has_empty_profile(report->build))
        talk_warn("%s", line.data);
    else
        talk_say("%s", line.data);
    strbuf_release(&line);
}

/* The results of an earlier run: what they are, and what comes next. */
static void say_kept_without(const struct report *report, const char *why)
{
    const struct objects_count *objects = &report->objects;
    const struct build *build = report->build;
    struct strbuf line = {0};

    strbuf_add_format(&line, "%s", why);
    if (objects->stale) {
        strbuf_add_format(&line, ": no file was compiled; %zu %s built otherwise", objects->stale,
                          objects->stale == 1 ? "object here was" : "objects here were");
        report_add_rebuild(build, &line);
    } else if (objects->unknown) {
        strbuf_add_text(&line, ": no file was compiled");
        add_unknown(report, &line);
    } else if (objects->current) {
        strbuf_add_format(&line, ": up to date, ready to be profiled by %s",
                          ready_kind(selection_wants_probes(&build->session.selection, NULL)));
        if (build->options.mode != PGO_OFF)
            strbuf_add_text(&line, "; next: pgo-collect record -o default.pgo -- PROGRAM");
    }
    if (objects->stale || has_empty_profile(build))
        talk_warn("%s", line.data);
    else if (objects->unknown || objects->current)
        talk_say("%s", line.data);
    strbuf_release(&line);
}

static void say_without_profile(const struct report *report, const char *why)
{
    if (report->count)
        say_compiled_without(report, why);
    else if (!builds_nothing(report))
        say_kept_without(report, why);
    else if (has_empty_profile(report->build))
        talk_warn("%s", why);
}

/* Objects came, and no compile: a path in CC, or in a tree that CMake configured without us. */
static void add_passed_by(const struct report *report, struct strbuf *out)
{
    const struct build *build = report->build;
    size_t count = report->objects.passed_by;

    strbuf_add_format(out, "%zu %s made past pgo-build, by a compiler with a path", count,
                      count == 1 ? "object was" : "objects were");
    if (report_runs_make(build)) {
        report_add_rebuild(build, out);
        strbuf_add_text(out, " CC=clang");
    } else {
        strbuf_add_text(out, "; try: ");
        report_add_other_compiler(build, false, "the compiler's name without its path", out);
    }
}

/* A profile was chosen, and no compile was seen. */
static void say_nothing_compiled(const struct report *report)
{
    const struct objects_count *objects = &report->objects;
    const struct build *build = report->build;
    struct strbuf line = {0};

    if (builds_nothing(report))
        return;
    if (objects->current && !objects->stale && !objects->lacking) {
        strbuf_add_text(&line, "up to date with ");
        report_add_profile_name(report, &line);
        add_unknown(report, &line);
        talk_say("%s", line.data);
    } else if (objects->passed_by) {
        add_passed_by(report, &line);
        talk_warn("%s", line.data);
    } else {
        strbuf_add_text(&line, "no file was compiled; the objects here do not carry ");
        report_add_profile_name(report, &line);
        report_add_rebuild(build, &line);
        talk_warn("%s", line.data);
    }
    strbuf_release(&line);
}

/* What the compiler said of the file's part of the profile. */
static void add_shares(const struct report *report, const struct staleness *staleness,
                       struct strbuf *out)
{
    strbuf_add_format(out, ", %.1f%% of the profile is for it",
                      report_share_pct(report, staleness->found));
    if (staleness->lost)
        strbuf_add_format(out, ", %.1f%% lost", report_share_pct(report, staleness->lost));
    if (staleness->changed)
        strbuf_add_format(out, ", %.1f%% in functions that have changed",
                          report_share_pct(report, staleness->changed));
}

static void say_file(const struct report *report, const struct log_entry *entry)
{
    const char *source = build_shorten(report->build, entry->source);
    const struct profile *profile = report_profile(report, entry);
    struct strbuf line = {0};

    strbuf_add_format(&line, "%s: ", source);
    if (profile)
        strbuf_add_format(&line, "with %s by %s", build_shorten(report->build, profile->source),
                          profile->by_probe ? "probe" : "line");
    else
        strbuf_add_text(&line, "without a profile");
    if (!profile && entry->verdict != INJECT_PROFILE)
        strbuf_add_format(&line, ": %s", report_reason(entry->verdict));
    if (entry->staleness.reported && report->profile_counts)
        add_shares(report, &entry->staleness, &line);
    strbuf_add_format(&line, " (%s%s%s)", path_base(entry->compiler), entry->cache[0] ? ", " : "",
                      entry->cache);
    talk_say("%s", line.data);
    strbuf_release(&line);
}

void report_say(const struct report *report)
{
    const char *none = why_none(report);

    for (size_t i = 0; report->build->options.verbose && i < report->count; i++)
        say_file(report, &report->entries[i]);
    if (report->exit_code != 0)
        return;
    if (none) {
        say_without_profile(report, none);
        return;
    }
    if (!report->count)
        say_nothing_compiled(report);
    if (report->with_profile ||
        (report->count && !report->verdicts[INJECT_GCC] && !report->verdicts[INJECT_UNDER_CACHE] &&
         !report->verdicts[INJECT_NO_PROBES]))
        (report_fills_screen(report) ? report_say_screen : say_compiled)(report);
    report_warn(report);
}
