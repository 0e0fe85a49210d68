#include "report.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/number.h"
#include "base/path.h"

#define MAX_LOG_BYTES ((size_t)1024 * 1024 * 1024)

static void add_entry(struct report *report, const struct log_entry *entry)
{
    if (entry->exit_code != 0)
        return;
    *ARRAY_PUSH(report->entries, report->count, report->capacity) = *entry;
    report->with_probes += entry->probes;
    report->with_slice += entry->sliced;
    if (entry->profile[0])
        report->with_profile++;
    else
        report->verdicts[entry->verdict]++;
}

/* A log of the state folder from where this run began; NULL if there is none. */
static char *read_log(const struct build *build, const char *name, size_t start)
{
    char *path = path_join(build->state.folder, name);
    struct strbuf text = {0};
    struct err ignored = {0};

    if (!file_exists(path) || !file_read(path, MAX_LOG_BYTES, &text, &ignored) || text.len <= start)
        strbuf_release(&text);
    else
        memmove(text.data, text.data + start, text.len - start + 1);
    free(path);
    return text.data;
}

/* ccache's statistics log (CCACHE_STATSLOG): a comment with the object, then its counters. */
static void read_cache_stats(struct report *report)
{
    char *text = read_log(report->build, "ccache-stats", report->build->stats_start);

    for (const char *line = text; line && *line;) {
        size_t len = strcspn(line, "\n");

        report->cache_hits += strncmp(line, "direct_cache_hit", 16) == 0 ||
                              strncmp(line, "preprocessed_cache_hit", 22) == 0;
        report->cache_misses += strncmp(line, "cache_miss", 10) == 0 && len == 10;
        line += len + (line[len] != '\0');
    }
    free(text);
}

const struct profile *report_profile(const struct report *report, const struct log_entry *entry)
{
    for (size_t i = 0; i < report->build->profile_count; i++)
        if (strcmp(report->build->profiles[i]->source, entry->profile) == 0)
            return report->build->profiles[i];
    return NULL;
}

bool report_uses(const struct report *report, const struct profile *profile)
{
    for (size_t i = 0; i < report->count; i++)
        if (strcmp(report->entries[i].profile, profile->source) == 0)
            return true;
    return report->build->profile_count == 1;
}

bool report_is_outside(const struct report *report)
{
    for (size_t i = 0; i < report->count; i++)
        if (path_is_below(report->entries[i].source, report->build->project.root))
            return false;
    return report->count != 0;
}

bool report_read(struct report *report, const struct build *build, int exit_code, struct err *err)
{
    struct log_entry entry;
    char *text;

    report->build = build;
    report->exit_code = exit_code;
    report->log_text = text = read_log(build, "log", build->log_start);
    while (log_next(&text, &entry))
        add_entry(report, &entry);
    read_cache_stats(report);
    for (size_t i = 0; i < build->profile_count; i++)
        if (build->profiles[i]->path && report_uses(report, build->profiles[i]))
            report->profile_counts =
                saturating_add(report->profile_counts, build->profiles[i]->counts);
    return objects_count(build->state.folder, &build->session, build->scope, build->start_ns,
                         &report->objects, err);
}

double report_share_pct(const struct report *report, uint64_t counts)
{
    double pct = 100.0 * (double)counts / (double)report->profile_counts;

    return pct > 100 ? 100 : pct;
}

double report_found_pct(const struct report *report)
{
    const struct staleness *staleness = &report->objects.staleness;
    uint64_t bad = saturating_add(staleness->lost, staleness->changed);

    if (!staleness->reported || !report->profile_counts)
        return -1;
    /* An inline function counts once for each file that has it, so this is an upper bound. */
    return report_share_pct(report,
                            staleness->found - (bad < staleness->found ? bad : staleness->found));
}

double report_changed_pct(const struct report *report)
{
    return report->profile_counts ? report_share_pct(report, report->objects.staleness.changed) : 0;
}

/* "clang-22", or the program's name where the version is unknown. */
static char *compiler_name(const struct log_entry *entry)
{
    size_t len = strcspn(entry->version, ".");
    const char *base = path_base(entry->compiler);

    if (!len || strncmp(base, "clang", 5) != 0)
        return mem_strdup(base);
    return mem_format("clang-%.*s", (int)len, entry->version);
}

void report_compilers(const struct report *report, bool with_profile, struct strbuf *out)
{
    char *names[REPORT_MAX_COMPILERS];
    size_t count = 0;

    for (size_t i = 0; i < report->count && count < REPORT_MAX_COMPILERS; i++) {
        char *name = compiler_name(&report->entries[i]);
        bool known = (report->entries[i].profile[0] != '\0') != with_profile;

        for (size_t k = 0; k < count; k++)
            known |= strcmp(names[k], name) == 0;
        if (known)
            free(name);
        else
            names[count++] = name;
    }
    for (size_t i = 0; i < count; i++) {
        strbuf_add_format(out, "%s%s", i == 0 ? "" : i + 1 == count ? " and " : ", ", names[i]);
        free(names[i]);
    }
}

void report_release(struct report *report)
{
    free(report->entries);
    free(report->log_text);
    *report = (struct report){0};
}
