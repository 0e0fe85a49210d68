/* The JSON of a comparison of two files; docs/formats.md has its fields. */
#include <math.h>

#include "pgo-bench/suite_report.h"
#include "pgo-bench/markup.h"

static void add_shift(const char *name, const struct shift *shift, struct strbuf *out)
{
    strbuf_add_format(out, "\"%s\": {\"value\": %.6f, ", name, shift->value);
    if (isfinite(shift->interval.high - shift->interval.low))
        strbuf_add_format(out, "\"low\": %.6f, \"high\": %.6f}", shift->interval.low,
                          shift->interval.high);
    else
        strbuf_add_text(out, "\"low\": null, \"high\": null}");
}

static void add_times(const char *name, double median_s, const struct benchmark *benchmark,
                      struct strbuf *out)
{
    strbuf_add_format(out, "\"%s\": {\"name\": ", name);
    markup_json(benchmark->name, out);
    strbuf_add_format(out, ", \"median_s\": %.9g, \"times_s\": [", median_s);
    for (size_t i = 0; i < benchmark->count; i++)
        strbuf_add_format(out, "%s%.9g", i ? ", " : "", benchmark->times_s[i]);
    strbuf_add_text(out, "]}");
}

static void add_row(const struct suite_row *row, struct strbuf *out)
{
    strbuf_add_text(out, "\n    {\"name\": ");
    markup_json(row->name, out);
    if (row->judged)
        strbuf_add_format(out, ", \"verdict\": \"%s\",\n      ", verdict_name(row->verdict));
    else
        strbuf_add_text(out, ", \"verdict\": null,\n      ");
    add_shift("shift", &row->shift, out);
    strbuf_add_format(out, ", \"p_value\": %.6g, \"p_holm\": %.6g,\n      ", row->p_value,
                      row->p_holm);
    add_times("base", row->base_s, row->base, out);
    strbuf_add_text(out, ",\n      ");
    add_times("test", row->test_s, row->test, out);
    strbuf_add_char(out, '}');
}

static void add_names(const char *field, const char *const *names, size_t count, struct strbuf *out)
{
    strbuf_add_format(out, "  \"%s\": [", field);
    for (size_t i = 0; i < count; i++) {
        strbuf_add_text(out, i ? ", " : "");
        markup_json(names[i], out);
    }
    strbuf_add_text(out, "],\n");
}

static void add_side(const char *name, const char *path, const struct results *results,
                     struct strbuf *out)
{
    strbuf_add_format(out, "  \"%s\": {\"file\": ", name);
    markup_json(path, out);
    strbuf_add_format(out, ", \"tool\": \"%s\", \"failed\": %zu, \"partial\": %s},\n",
                      results->tool, results->failed, results->partial ? "true" : "false");
}

void suite_report_json(const struct suite_report *report, struct strbuf *out)
{
    const struct suite *suite = report->suite;
    struct strbuf reason = {0};

    strbuf_add_format(out,
                      "{\n  \"tool\": \"pgo-bench\",\n  \"version\": \"%s\",\n"
                      "  \"mode\": \"results\",\n  \"partial\": false,\n"
                      "  \"verdict\": \"%s\",\n  \"reason\": ",
                      PGO_VERSION, verdict_name(suite_verdict(suite)));
    suite_report_reason(report, &reason);
    markup_json(strbuf_text(&reason), out);
    strbuf_release(&reason);
    strbuf_add_format(out, ",\n  \"metric\": \"%s\",\n  \"level\": %g,\n", suite->base->metric,
                      1 - VERDICT_ERROR);
    add_side("base", report->base_path, suite->base, out);
    add_side("test", report->test_path, suite->test, out);
    strbuf_add_text(out, "  ");
    add_shift("geometric_mean", &suite->mean, out);
    strbuf_add_text(out, ",\n");
    add_names("only_base", suite->only_base, suite->only_base_count, out);
    add_names("only_test", suite->only_test, suite->only_test_count, out);
    strbuf_add_text(out, "  \"benchmarks\": [");
    for (size_t i = 0; i < suite->count; i++) {
        strbuf_add_text(out, i ? "," : "");
        add_row(&suite->rows[i], out);
    }
    strbuf_add_text(out, "\n  ]\n}\n");
}
