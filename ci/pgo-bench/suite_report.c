#include "pgo-bench/suite_report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "pgo-bench/markup.h"
#include "pgo-bench/text.h"

#define LEVEL_PCT  ((1 - VERDICT_ERROR) * 100)
#define NAME_WIDTH 60 /* a longer name pushes its line to the right */

/* What was found, in numbers of benchmarks. */
struct tally {
    size_t faster, slower, alike, unjudged;
};

static struct tally tally_of(const struct suite *suite)
{
    struct tally tally = {.unjudged = suite->count - suite->judged};

    for (size_t i = 0; i < suite->count; i++) {
        tally.faster += suite->rows[i].verdict == VERDICT_FASTER;
        tally.slower += suite->rows[i].verdict == VERDICT_SLOWER;
    }
    tally.alike = suite->judged - tally.faster - tally.slower;
    return tally;
}

/* "-12.3%". */
static void change_text(double shift, char text[TEXT_RANGE_BYTES])
{
    char value[TEXT_DURATION_BYTES];

    text_pct(verdict_pct(shift), value);
    snprintf(text, TEXT_RANGE_BYTES, "%s%s%%", shift < 0 ? "-" : "+", value);
}

/* "-13.0 .. -11.6%", or "none" where there are too few runs for one. */
static void range_text(const struct interval *shift, char text[TEXT_RANGE_BYTES])
{
    struct interval pct = {verdict_pct(shift->low), verdict_pct(shift->high)};

    if (isfinite(shift->high - shift->low))
        text_signed_pct_range(&pct, text);
    else
        snprintf(text, TEXT_RANGE_BYTES, "none");
}

/* "-12.3% (99.9% interval -13.0 .. -11.6%)". */
static void add_change(const struct shift *shift, struct strbuf *out)
{
    char change[TEXT_RANGE_BYTES], range[TEXT_RANGE_BYTES];

    change_text(shift->value, change);
    range_text(&shift->interval, range);
    strbuf_add_format(out, "%s (%g%% interval %s)", change, LEVEL_PCT, range);
}

static const char *row_verdict(const struct suite_row *row)
{
    return row->judged ? verdict_name(row->verdict) : "no verdict: too few runs";
}

void suite_report_reason(const struct suite_report *report, struct strbuf *out)
{
    const struct suite *suite = report->suite;
    struct tally tally = tally_of(suite);
    const struct {
        size_t count;
        const char *what;
    } parts[] = {{tally.faster, "faster"},
                 {tally.slower, "slower"},
                 {tally.alike, "without a measurable difference"},
                 {tally.unjudged, "with too few runs"}};
    const char *comma = "";

    if (suite->count == 1) {
        strbuf_add_format(out, "the change of the %s is ", suite->base->metric);
        add_change(&suite->rows[0].shift, out);
        return;
    }
    strbuf_add_format(out, "of %zu benchmarks ", suite->count);
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
        if (parts[i].count) {
            strbuf_add_format(out, "%s%zu %s", comma, parts[i].count, parts[i].what);
            comma = ", ";
        }
    strbuf_add_format(out, "; the geometric mean of the changes of the %s is ",
                      suite->base->metric);
    add_change(&suite->mean, out);
}

/* What one line of the table says, cell by cell. */
struct cells {
    char base[TEXT_DURATION_BYTES], test[TEXT_DURATION_BYTES];
    char change[TEXT_RANGE_BYTES], range[TEXT_RANGE_BYTES], runs[TEXT_RANGE_BYTES];
    char p[TEXT_DURATION_BYTES];
};

static void fill_cells(const struct suite_row *row, struct cells *cells)
{
    text_time(row->base_s, cells->base);
    text_time(row->test_s, cells->test);
    change_text(row->shift.value, cells->change);
    range_text(&row->shift.interval, cells->range);
    snprintf(cells->runs, sizeof(cells->runs), "%zu+%zu", row->base->count, row->test->count);
    snprintf(cells->p, sizeof(cells->p), "%.2g", row->p_holm);
}

static size_t name_width(const struct suite *suite)
{
    size_t width = strlen("benchmark");

    for (size_t i = 0; i < suite->count; i++) {
        size_t len = strlen(suite->rows[i].name);

        width = len > width && len <= NAME_WIDTH ? len : width;
    }
    return width;
}

static void add_missing(const char *side, const char *const *names, size_t count,
                        struct strbuf *out)
{
    if (count == 0)
        return;
    strbuf_add_format(out, "only in %s, not compared:", side);
    for (size_t i = 0; i < count; i++)
        strbuf_add_format(out, "%s %s", i ? "," : "", names[i]);
    strbuf_add_char(out, '\n');
}

/* What a reader must know of the input: names, failures, an early end; and of the method. */
static void add_notes(const struct suite_report *report, struct strbuf *out)
{
    const struct suite *suite = report->suite;
    const struct results *sides[] = {suite->base, suite->test};
    const char *const names[] = {"base", "test"};

    add_missing("base", suite->only_base, suite->only_base_count, out);
    add_missing("test", suite->only_test, suite->only_test_count, out);
    for (size_t i = 0; i < ARRAY_SIZE(sides); i++) {
        if (sides[i]->failed)
            strbuf_add_format(out, "%s: %zu runs failed by their own account, left out\n", names[i],
                              sides[i]->failed);
        if (sides[i]->partial)
            strbuf_add_format(out, "%s: a partial result: its runs were ended early\n", names[i]);
    }
    if (suite->count == 1 && strcmp(suite->rows[0].base->name, suite->rows[0].test->name) != 0)
        strbuf_add_format(out, "each file has one benchmark: '%s' in base, '%s' in test\n",
                          suite->rows[0].base->name, suite->rows[0].test->name);
    strbuf_add_text(out,
                    "the runs are taken as they are: whatever changed on the machine between "
                    "the two files is in the difference; --base and --test run both in pairs\n");
}

void suite_report_text(const struct suite_report *report, bool colour, struct strbuf *out)
{
    const struct suite *suite = report->suite;
    int width = (int)name_width(suite);
    struct cells cells;

    strbuf_add_format(out, "base %s, test %s (%s): %s, medians; p of Mann-Whitney, by Holm\n\n",
                      report->base_path, report->test_path, suite->base->tool, suite->base->metric);
    strbuf_add_format(out, "    %-*s  %-9s  %-9s  %-7s  %g%% %-19s  %-7s  %-7s  %s\n", width,
                      "benchmark", "base", "test", "change", LEVEL_PCT, "interval", "runs", "p",
                      "verdict");
    for (size_t i = 0; i < suite->count; i++) {
        fill_cells(&suite->rows[i], &cells);
        strbuf_add_format(out, "    %-*s  %-9s  %-9s  %-7s  %-25s  %-7s  %-7s  %s\n", width,
                          suite->rows[i].name, cells.base, cells.test, cells.change, cells.range,
                          cells.runs, cells.p, row_verdict(&suite->rows[i]));
    }
    strbuf_add_char(out, '\n');
    add_notes(report, out);
    strbuf_add_text(out, suite->count > 1 ? "\nverdict on average: " : "\nverdict: ");
    markup_verdict(suite_verdict(suite), colour, out);
    strbuf_add_text(out, ": ");
    suite_report_reason(report, out);
    strbuf_add_char(out, '\n');
}

void suite_report_markdown(const struct suite_report *report, struct strbuf *out)
{
    const struct suite *suite = report->suite;
    struct strbuf notes = {0};
    struct cells cells;

    strbuf_add_format(out, "### pgo-bench: %s\n\n", verdict_name(suite_verdict(suite)));
    suite_report_reason(report, out);
    strbuf_add_format(out,
                      "\n\n| benchmark | base | test | change | %g%% interval | runs | p | verdict "
                      "|\n|---|---:|---:|---:|---|---|---|---|\n",
                      LEVEL_PCT);
    for (size_t i = 0; i < suite->count; i++) {
        fill_cells(&suite->rows[i], &cells);
        strbuf_add_text(out, "| ");
        markup_code(suite->rows[i].name, out);
        strbuf_add_format(out, " | %s | %s | %s | %s | %s | %s | %s |\n", cells.base, cells.test,
                          cells.change, cells.range, cells.runs, cells.p,
                          row_verdict(&suite->rows[i]));
    }
    strbuf_add_format(out, "\n%s (%s), medians; p of Mann-Whitney, by Holm.\n\n",
                      suite->base->metric, suite->base->tool);
    add_notes(report, &notes);
    for (char *rest = notes.data, *line; rest && (line = strsep(&rest, "\n"));)
        if (*line) {
            strbuf_add_text(out, "- ");
            markup_markdown(line, out);
            strbuf_add_char(out, '\n');
        }
    strbuf_release(&notes);
}
