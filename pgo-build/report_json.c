/* The report as JSON. Few fields, so written by hand; every string goes through add_string(). */
#include <inttypes.h>
#include <string.h>

#include "base/file.h"
#include "base/path.h"
#include "report.h"

static void add_string(struct strbuf *out, const char *text)
{
    strbuf_add_char(out, '"');
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\')
            strbuf_add_format(out, "\\%c", c);
        else if (c < 0x20)
            strbuf_add_format(out, "\\u%04x", c);
        else
            strbuf_add_char(out, (char)c);
    }
    strbuf_add_char(out, '"');
}

/* "name": "text", with what stands before it. */
static void add_field(struct strbuf *out, const char *before, const char *name, const char *text)
{
    strbuf_add_text(out, before);
    add_string(out, name);
    strbuf_add_text(out, ": ");
    add_string(out, text);
}

static void add_number(struct strbuf *out, const char *name, uint64_t value)
{
    strbuf_add_format(out, ", \"%s\": %" PRIu64, name, value);
}

/* Only what is known. */
static void add_provenance(struct strbuf *out, const struct profile *profile)
{
    const struct provenance *provenance = &profile->provenance;
    char text[PROVENANCE_TIME_BYTES];

    if (provenance->samples)
        add_number(out, "samples", provenance->samples);
    if (provenance->start_s) {
        provenance_format_time(provenance->start_s, text);
        add_field(out, ", ", "recorded_from", text);
        provenance_format_time(provenance->end_s, text);
        add_field(out, ", ", "recorded_to", text);
    }
    strbuf_add_text(out, ", \"binaries\": [");
    for (size_t i = 0; i < provenance->binary_count; i++) {
        add_field(out, i ? ", {" : "{", "build_id", provenance->binaries[i].build_id);
        add_field(out, ", ", "name", provenance->binaries[i].name);
        strbuf_add_char(out, '}');
    }
    strbuf_add_char(out, ']');
}

static void add_profiles(struct strbuf *out, const struct build *build)
{
    strbuf_add_text(out, "  \"profiles\": [");
    for (size_t i = 0; i < build->profile_count; i++) {
        const struct profile *profile = build->profiles[i];

        add_field(out, i ? ",\n    {" : "\n    {", "file", profile->source);
        add_field(out, ", ", "content", profile->content.text);
        add_field(out, ", ", "kind", profile->kind ? profile->kind : "empty");
        if (profile->path) {
            add_field(out, ", ", "by", profile->by_probe ? "probe" : "line");
            add_field(out, ", ", "used_as", profile->path);
        }
        add_provenance(out, profile);
        add_number(out, "counts", profile->counts);
        add_number(out, "functions", profile->functions);
        strbuf_add_char(out, '}');
    }
    strbuf_add_text(out, "],\n");
}

static void add_files(struct strbuf *out, const struct report *report)
{
    strbuf_add_text(out, "  \"files\": [");
    for (size_t i = 0; i < report->count; i++) {
        const struct log_entry *entry = &report->entries[i];

        add_field(out, i ? ",\n    {" : "\n    {", "source", entry->source);
        add_field(out, ", ", "output", entry->output);
        add_field(out, ", ", "verdict", inject_verdict_name(entry->verdict));
        add_field(out, ", ", "profile", entry->profile);
        add_field(out, ", ", "compiler", entry->compiler);
        add_field(out, ", ", "cache", entry->cache);
        strbuf_add_text(out, entry->probes ? ", \"probes\": true" : ", \"probes\": false");
        strbuf_add_text(out, entry->sliced ? ", \"slice\": true" : ", \"slice\": false");
        if (entry->staleness.reported) {
            add_number(out, "counts", entry->staleness.found);
            add_number(out, "counts_lost", entry->staleness.lost);
            add_number(out, "counts_changed", entry->staleness.changed);
        }
        strbuf_add_char(out, '}');
    }
    strbuf_add_text(out, "]\n");
}

static void add_sums(struct strbuf *out, const struct report *report)
{
    double pct = report_found_pct(report);

    strbuf_add_format(out, "  \"compiles\": {\"total\": %zu", report->count);
    add_number(out, "with_profile", report->with_profile);
    add_number(out, "with_slice", report->with_slice);
    add_number(out, "with_probes", report->with_probes);
    add_number(out, "gcc", report->verdicts[INJECT_GCC]);
    add_number(out, "under_cache", report->verdicts[INJECT_UNDER_CACHE]);
    add_number(out, "no_probes", report->verdicts[INJECT_NO_PROBES]);
    add_number(out, "cache_hits", report->cache_hits);
    add_number(out, "cache_misses", report->cache_misses);
    strbuf_add_format(out, "},\n  \"objects\": {\"known\": %zu", report->objects.known);
    add_number(out, "with_profile", report->objects.current);
    add_number(out, "stale_at_start", report->build->objects.stale);
    strbuf_add_text(out, "},\n");
    if (pct >= 0)
        strbuf_add_format(out, "  \"samples_found_pct\": %.2f,\n  \"samples_changed_pct\": %.2f,\n",
                          pct, report_changed_pct(report));
}

bool report_write_json(const struct report *report, const char *path, struct err *err)
{
    static const char *const modes[] = {
        [PGO_AUTO] = "auto", [PGO_OFF] = "off", [PGO_FILE] = "file"};
    struct strbuf out = {0};
    bool done;

    add_field(&out, "{\n  ", "tool", "pgo-build " PGO_VERSION);
    add_field(&out, ",\n  ", "pgo", modes[report->build->options.mode]);
    add_field(&out, ",\n  ", "probes", probes_mode_name(report->build->options.probes));
    strbuf_add_format(&out, ",\n  \"exit_code\": %d,\n", report->exit_code);
    add_profiles(&out, report->build);
    add_sums(&out, report);
    add_files(&out, report);
    strbuf_add_text(&out, "}\n");
    done = file_write(path, out.data, out.len, FILE_REPLACE, err);
    strbuf_release(&out);
    return done;
}
