#include "flame_about.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/page.h"

/* A list under way: what stands before the next item. */
struct list {
    struct strbuf *out;
    bool started;
};

static struct strbuf *next_item(struct list *list)
{
    if (list->started)
        strbuf_add_char(list->out, ',');
    list->started = true;
    return list->out;
}

static void add_pair(struct list *list, const char *name, const char *value)
{
    struct strbuf *out = next_item(list);

    strbuf_add_char(out, '[');
    page_add_text(out, name);
    strbuf_add_char(out, ',');
    page_add_text(out, value);
    strbuf_add_char(out, ']');
}

static void add_fact(struct list *list, const char *name, const char *format, ...)
    PRINTF_LIKE(3, 4);
static void add_fact(struct list *list, const char *name, const char *format, ...)
{
    char text[256];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    add_pair(list, name, text);
}

static void add_profile_facts(struct list *list, const struct profile *profile,
                              const struct flame_fill *fill, int index)
{
    char time[PROVENANCE_TIME_BYTES];

    if (profile->time_ns > 0) {
        provenance_format_time(profile->time_ns / 1000000000, time);
        add_fact(list, "Recorded", "%s", time);
    }
    if (profile->duration_ns > 0)
        add_fact(list, "Duration", "%.2f s", (double)profile->duration_ns / 1e9);
    add_fact(list, "Distinct samples", "%" PRIu64, fill->sample_count[index]);
    if (profile->period > 0)
        add_fact(list, "Period", "%" PRId64 " %.60s of %.60s", profile->period,
                 profile->period_type.unit, profile->period_type.type);
}

static void add_counts_facts(struct list *list, const struct sampleprof *counts)
{
    char start[PROVENANCE_TIME_BYTES], end[PROVENANCE_TIME_BYTES];
    const struct provenance *provenance = &counts->provenance;

    add_fact(list, "Form", "sample profile of LLVM, by %s",
             counts->is_probe_based ? "pseudo-probe" : "line");
    add_fact(list, "Functions", "%zu", counts->function_count);
    if (provenance->samples)
        add_fact(list, "Made of", "%" PRIu64 " samples", provenance->samples);
    if (provenance->samples && provenance->start_s) {
        provenance_format_time(provenance->start_s, start);
        provenance_format_time(provenance->end_s, end);
        add_fact(list, "Recorded", "%s to %s", start, end);
    }
    if (counts->refresh_count)
        add_fact(list, "Refreshed", "%" PRIu32 " times", counts->refresh_count);
}

static void add_facts(struct strbuf *out, const struct flame_side *side,
                      const struct flame_fill *fill, int index)
{
    struct list list = {.out = out};

    strbuf_add_text(out, "\"facts\":[");
    if (side->profile)
        add_profile_facts(&list, side->profile, fill, index);
    else
        add_counts_facts(&list, side->counts);
    strbuf_add_char(out, ']');
}

static void add_binaries(struct strbuf *out, const struct flame_side *side)
{
    struct list list = {.out = out};
    struct byteset seen = {0};

    strbuf_add_text(out, ",\"binaries\":[");
    for (size_t i = 0; side->profile && i < side->profile->mapping_count; i++) {
        const struct profile_mapping *mapping = &side->profile->mappings[i];
        char *key = mem_format("%s\n%s", mapping->build_id, mapping->file);

        if (byteset_add_text(&seen, key) == seen.count - 1 &&
            (*mapping->file || *mapping->build_id))
            add_pair(&list, mapping->file, mapping->build_id);
        free(key);
    }
    for (size_t i = 0; side->counts && i < side->counts->provenance.binary_count; i++)
        add_pair(&list, side->counts->provenance.binaries[i].name,
                 side->counts->provenance.binaries[i].build_id);
    strbuf_add_char(out, ']');
    byteset_release(&seen);
}

static void add_comments(struct strbuf *out, const struct flame_side *side)
{
    struct list list = {.out = out};

    strbuf_add_text(out, ",\"comments\":[");
    for (size_t i = 0; side->profile && i < side->profile->comment_count; i++)
        page_add_text(next_item(&list), side->profile->comments[i]);
    strbuf_add_char(out, ']');
}

static void add_share(struct list *list, uint64_t weight, uint64_t total, const char *what)
{
    char text[256];

    if (!weight || !total)
        return;
    snprintf(text, sizeof(text), "%.2f%% of the weight %s", 100 * (double)weight / (double)total,
             what);
    page_add_text(next_item(list), text);
}

static void add_lost(struct strbuf *out, const struct flame_fill *fill, int index)
{
    struct list list = {.out = out};
    uint64_t total = fill->tree.nodes[FLAME_ROOT].total[index];
    char text[256];

    strbuf_add_text(out, ",\"lost\":[");
    add_share(&list, fill->stackless[index], total, "has no stack: it is in no frame");
    add_share(&list, fill->nameless[index], total,
              "is of code without a known function: [binary] stands for it");
    if (fill->negative_count[index]) {
        snprintf(text, sizeof(text), "%" PRIu64 " samples below zero are left out",
                 fill->negative_count[index]);
        page_add_text(next_item(&list), text);
    }
    strbuf_add_char(out, ']');
}

void flame_about_add(struct strbuf *out, const struct flame_side *side,
                     const struct flame_fill *fill, int index)
{
    add_facts(out, side, fill, index);
    add_binaries(out, side);
    add_comments(out, side);
    add_lost(out, fill, index);
}
