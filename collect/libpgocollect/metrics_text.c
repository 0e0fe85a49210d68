#include "metrics_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *metrics_content_type(enum metrics_format format)
{
    return format == METRICS_OPENMETRICS
               ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
               : "text/plain; version=0.0.4; charset=utf-8";
}

/* Bytes of the UTF-8 character at `c`, 0 if there is none (RFC 3629, section 4). */
static size_t character_bytes(const unsigned char *c)
{
    size_t len = *c < 0x80 ? 1 : *c < 0xc2 ? 0 : *c < 0xe0 ? 2 : *c < 0xf0 ? 3 : *c < 0xf5 ? 4 : 0;

    for (size_t i = 1; i < len; i++)
        if ((c[i] & 0xc0) != 0x80)
            return 0;
    if ((*c == 0xe0 && c[1] < 0xa0) || (*c == 0xed && c[1] > 0x9f) || (*c == 0xf0 && c[1] < 0x90) ||
        (*c == 0xf4 && c[1] > 0x8f))
        return 0;
    return len;
}

/* What is no UTF-8 becomes '?': a scraper would refuse the whole page. */
static void add_escaped(struct strbuf *out, const char *text, bool quotes)
{
    for (const char *c = text; *c;) {
        size_t len = character_bytes((const unsigned char *)c);

        if (*c == '\\' || (*c == '"' && quotes))
            strbuf_add_char(out, '\\');
        if (*c == '\n')
            strbuf_add_text(out, "\\n");
        else if (len)
            strbuf_add(out, c, len);
        else
            strbuf_add_char(out, '?');
        c += len ? len : 1;
    }
}

/* OpenMetrics names a family without the suffix that its values have. */
static int family_length(const struct metrics_text *text, const char *name, enum metric_kind kind)
{
    const char *suffix = kind == METRIC_COUNTER ? "_total" : kind == METRIC_INFO ? "_info" : "";
    size_t len = strlen(name), cut = strlen(suffix);

    if (text->format == METRICS_PROMETHEUS || len < cut || strcmp(name + len - cut, suffix) != 0)
        return (int)len;
    return (int)(len - cut);
}

void metrics_text_family(struct metrics_text *text, const char *name, enum metric_kind kind,
                         const char *help)
{
    static const char *const types[] = {"counter", "gauge", "histogram", "info"};
    const bool openmetrics = text->format == METRICS_OPENMETRICS;
    const int len = family_length(text, name, kind);

    strbuf_add_format(text->out, "# HELP %.*s ", len, name);
    add_escaped(text->out, help, openmetrics);
    strbuf_add_format(text->out, "\n# TYPE %.*s %s\n", len, name,
                      types[kind == METRIC_INFO && !openmetrics ? METRIC_GAUGE : kind]);
}

static void add_name(struct metrics_text *text, const char *name, const char *suffix,
                     const char *labels)
{
    strbuf_add_format(text->out, *labels ? "%s%s{%s} " : "%s%s%s ", name, suffix, labels);
}

void metrics_text_count(struct metrics_text *text, const char *name, const char *suffix,
                        const char *labels, uint64_t value)
{
    add_name(text, name, suffix, labels);
    strbuf_add_format(text->out, "%" PRIu64 "\n", value);
}

void metrics_text_value(struct metrics_text *text, const char *name, const char *suffix,
                        const char *labels, double value)
{
    add_name(text, name, suffix, labels);
    metrics_text_number(text->out, value);
    strbuf_add_char(text->out, '\n');
}

void metrics_text_label(struct strbuf *labels, const char *name, const char *value)
{
    strbuf_add_format(labels, "%s%s=\"", labels->len ? "," : "", name);
    add_escaped(labels, value, true);
    strbuf_add_char(labels, '"');
}

/*
 * "1.0", not "1": a bucket's bound is the value of a label, and OpenMetrics wants it so. With both
 * formats alike a series keeps its name whichever of them was asked for.
 */
void metrics_text_number(struct strbuf *out, double value)
{
    char digits[32];

    if (isnan(value)) {
        strbuf_add_text(out, "NaN");
        return;
    }
    if (isinf(value)) {
        strbuf_add_text(out, value > 0 ? "+Inf" : "-Inf");
        return;
    }
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof(digits), "%.*g", precision, value);
        if (strtod(digits, NULL) == value)
            break;
    }
    strbuf_add_text(out, digits);
    if (!strpbrk(digits, ".e"))
        strbuf_add_text(out, ".0");
}

void metrics_text_end(struct metrics_text *text)
{
    if (text->format == METRICS_OPENMETRICS)
        strbuf_add_text(text->out, "# EOF\n");
}
