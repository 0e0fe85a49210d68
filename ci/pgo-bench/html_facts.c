#include "pgo-bench/html_facts.h"

#include <string.h>

#include "base/file.h"
#include "base/page.h"
#include "base/path.h"

#define MAX_FLAME_BYTES ((size_t)32 * 1024 * 1024)

/* A field of an object; the first follows the brace. */
static void add_name(struct strbuf *out, const char *name)
{
    if (out->data[out->len - 1] != '{')
        strbuf_add_char(out, ',');
    strbuf_add_format(out, "\"%s\":", name);
}

static void add_text(struct strbuf *out, const char *name, const char *text)
{
    if (!*text)
        return;
    add_name(out, name);
    page_add_text(out, text);
}

static void add_number(struct strbuf *out, const char *name, double number)
{
    if (number == FACTS_UNKNOWN)
        return;
    add_name(out, name);
    strbuf_add_format(out, "%.15g", number);
}

static void open_item(struct strbuf *out)
{
    strbuf_add_text(out, out->data[out->len - 1] == '[' ? "{" : ",\n{");
}

static void open_list(struct strbuf *out, const char *name)
{
    add_name(out, name);
    strbuf_add_char(out, '[');
}

static void add_build(struct strbuf *out, const char *name, const struct facts_build *build)
{
    add_name(out, name);
    strbuf_add_char(out, '{');
    add_text(out, "label", build->label);
    add_text(out, "compiler", build->compiler);
    add_text(out, "flags", build->flags);
    strbuf_add_char(out, '}');
}

static void add_costs(struct strbuf *out, const struct facts *facts)
{
    open_list(out, "costs");
    for (size_t i = 0; i < facts->cost_count; i++) {
        const struct facts_cost *cost = &facts->costs[i];

        open_item(out);
        add_text(out, "name", cost->name);
        add_number(out, "wall_s", cost->wall_s);
        add_number(out, "cpu_s", cost->cpu_s);
        add_number(out, "compiles", cost->compiles);
        add_number(out, "cache_hits", cost->cache_hits);
        add_number(out, "cache_misses", cost->cache_misses);
        strbuf_add_char(out, '}');
    }
    strbuf_add_char(out, ']');
}

static void add_profiles(struct strbuf *out, const struct facts_use *use)
{
    open_list(out, "profiles");
    for (size_t i = 0; i < use->profile_count; i++) {
        const struct facts_profile *profile = &use->profiles[i];

        open_item(out);
        add_text(out, "file", profile->file);
        add_text(out, "kind", profile->kind);
        add_text(out, "by", profile->by);
        add_text(out, "recorded_from", profile->recorded_from);
        add_text(out, "recorded_to", profile->recorded_to);
        add_number(out, "samples", profile->samples);
        add_number(out, "functions", profile->functions);
        strbuf_add_char(out, '}');
    }
    strbuf_add_char(out, ']');
}

static void add_uses(struct strbuf *out, const struct facts *facts)
{
    open_list(out, "uses");
    for (size_t i = 0; i < facts->use_count; i++) {
        const struct facts_use *use = &facts->uses[i];

        open_item(out);
        add_number(out, "compiles", use->compiles);
        add_number(out, "with_profile", use->with_profile);
        add_number(out, "cache_hits", use->cache_hits);
        add_number(out, "cache_misses", use->cache_misses);
        add_number(out, "found_pct", use->found_pct);
        add_number(out, "changed_pct", use->changed_pct);
        add_profiles(out, use);
        strbuf_add_char(out, '}');
    }
    strbuf_add_char(out, ']');
}

static void add_conversions(struct strbuf *out, const struct facts *facts)
{
    open_list(out, "conversions");
    for (size_t i = 0; i < facts->conversion_count; i++) {
        const struct facts_conversion *conversion = &facts->conversions[i];

        open_item(out);
        add_text(out, "input", conversion->input);
        add_number(out, "read", conversion->read);
        add_number(out, "by_address", conversion->by_address);
        add_number(out, "by_line", conversion->by_line);
        strbuf_add_char(out, '}');
    }
    strbuf_add_char(out, ']');
}

/* A whole document as a JSON string: every byte has to stay what it is, line ends too. */
static void add_document(struct strbuf *out, const struct strbuf *document)
{
    strbuf_add_char(out, '"');
    for (size_t i = 0; i < document->len; i++) {
        unsigned char c = (unsigned char)document->data[i];

        if (c < 0x20 || strchr("\"\\<>&", c))
            strbuf_add_format(out, "\\u%04x", c);
        else
            strbuf_add_char(out, (char)c);
    }
    strbuf_add_char(out, '"');
}

static void add_flame(struct strbuf *out, const struct facts_flame *flame)
{
    struct strbuf document = {0};
    struct err err = {0};

    open_item(out);
    add_text(out, "name", *flame->name ? flame->name : path_base(flame->path));
    if (file_read(flame->path, MAX_FLAME_BYTES, &document, &err)) {
        add_name(out, "page");
        add_document(out, &document);
    }
    strbuf_add_char(out, '}');
    strbuf_release(&document);
}

void html_facts_add(const struct facts *facts, struct strbuf *out)
{
    strbuf_add_char(out, '{');
    add_text(out, "title", facts->title);
    add_text(out, "commit", facts->commit);
    add_build(out, "base", &facts->base);
    add_build(out, "test", &facts->test);
    add_costs(out, facts);
    add_uses(out, facts);
    add_conversions(out, facts);
    open_list(out, "flames");
    for (size_t i = 0; i < facts->flame_count; i++)
        add_flame(out, &facts->flames[i]);
    strbuf_add_text(out, "]}");
}
