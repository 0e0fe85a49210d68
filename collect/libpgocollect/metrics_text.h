/*
 * metrics_text.h - writes metrics in the text format of Prometheus, or as OpenMetrics.
 *
 *     struct metrics_text text = {.out = &buffer, .format = METRICS_PROMETHEUS};
 *     metrics_text_family(&text, "app_requests_total", METRIC_COUNTER, "Requests answered.");
 *     metrics_text_count(&text, "app_requests_total", "", "method=\"GET\"", 7);
 *     metrics_text_end(&text);
 *
 * Each family once, its values behind it. Numbers are written by the locale of the thread: it must
 * have the "C" locale (uselocale(3)), or a program's decimal comma gets into the page.
 * Source of the formats: Prometheus, "Exposition formats", text 0.0.4; OpenMetrics 1.0.0.
 */
#ifndef LIBPGOCOLLECT_METRICS_TEXT_H
#define LIBPGOCOLLECT_METRICS_TEXT_H

#include <stdint.h>

#include "base/strbuf.h"

enum metrics_format { METRICS_PROMETHEUS, METRICS_OPENMETRICS };

/* A counter's name ends in _total, that of information in _info; its value is 1. */
enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM, METRIC_INFO };

struct metrics_text {
    struct strbuf *out;
    enum metrics_format format;
};

const char *metrics_content_type(enum metrics_format format);

void metrics_text_family(struct metrics_text *text, const char *name, enum metric_kind kind,
                         const char *help);

/* NAME SUFFIX {LABELS} value; `labels` as metrics_text_label() makes them, "" for none. */
void metrics_text_count(struct metrics_text *text, const char *name, const char *suffix,
                        const char *labels, uint64_t value);
void metrics_text_value(struct metrics_text *text, const char *name, const char *suffix,
                        const char *labels, double value);

/* Appends name="value" with the value escaped, behind a comma if something stands there. */
void metrics_text_label(struct strbuf *labels, const char *name, const char *value);

/* The shortest decimal form that reads back as the same; always with a point or an exponent. */
void metrics_text_number(struct strbuf *out, double value);

void metrics_text_end(struct metrics_text *text);

#endif
