#include "report_screen.h"

#include "base/talk.h"
#include "report_words.h"

enum { MANY_FILES = 20, MOST_PROFILES = 4, SHORT_ID = 12 };

bool report_fills_screen(const struct report *report)
{
    return report->with_profile && (report->build->options.verbose || report->count >= MANY_FILES);
}

/* The binaries that were profiled, by name and the start of the build id. */
static void add_binaries(const struct provenance *provenance, struct strbuf *out)
{
    for (size_t i = 0; i < provenance->binary_count && i < 2; i++)
        strbuf_add_format(out, "%s%s %.*s", i ? ", " : ", of ", provenance->binaries[i].name,
                          SHORT_ID, provenance->binaries[i].build_id);
    if (provenance->binary_count > 2)
        strbuf_add_format(out, " and %zu more", provenance->binary_count - 2);
}

static void add_profiles(const struct report *report, struct strbuf *out)
{
    const struct build *build = report->build;
    size_t said = 0;

    for (size_t i = 0; i < build->profile_count && said < MOST_PROFILES; i++) {
        const struct profile *profile = build->profiles[i];

        if (!profile->path || !report_uses(report, profile))
            continue;
        strbuf_add_format(out, "\n  %-9s%s by %s", said++ ? "" : "profile",
                          build_shorten(build, profile->source),
                          profile->by_probe ? "probe" : "line");
        report_add_provenance(profile, out);
        add_binaries(&profile->provenance, out);
    }
}

static void add_files(const struct report *report, struct strbuf *out)
{
    size_t whole = report->with_profile - report->with_slice;

    strbuf_add_text(out, "\n  files    ");
    if (report->with_slice)
        strbuf_add_format(out, "%zu with their slice of the profile%s", report->with_slice,
                          whole ? ", " : "");
    if (whole)
        strbuf_add_format(out, "%zu with the whole profile", whole);
    if (report->count > report->with_profile)
        strbuf_add_text(out, "; ");
    report_add_without(report, out);
}

void report_say_screen(const struct report *report)
{
    struct strbuf text = {0};

    strbuf_add_format(&text, "%zu %s compiled by ", report->count,
                      report->count == 1 ? "file" : "files");
    report_compilers(report, true, &text);
    strbuf_add_text(&text, " with ");
    report_add_profile_name(report, &text);
    add_profiles(report, &text);
    if (report_found_pct(report) >= 0) {
        strbuf_add_text(&text, "\n  found    ");
        report_add_found(report, &text);
    }
    add_files(report, &text);
    if (report->cache_hits)
        strbuf_add_format(&text, "\n  cache    %zu of %zu from ccache", report->cache_hits,
                          report->cache_hits + report->cache_misses);
    strbuf_add_format(&text, "\n  refresh  another profile rebuilds %s%zu of %zu objects",
                      report->with_slice ? "at most " : "", report->objects.current,
                      report->objects.known);
    if (report->objects.unknown)
        strbuf_add_format(&text, "; %zu more were built without pgo-build",
                          report->objects.unknown);
    talk_say("%s", text.data);
    strbuf_release(&text);
}
