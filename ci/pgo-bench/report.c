#include "pgo-bench/report.h"

#include <math.h>
#include <string.h>

#include "pgo-bench/text.h"

enum verdict report_verdict(const struct report *report)
{
    return report->judgement ? report->judgement->verdict
                             : instructions_decide(report->base_estimate, report->test_estimate);
}

/* "1.18 times as fast" or "1.03 times as long", from the log ratio of the times. */
static void add_times(double shift, struct strbuf *out)
{
    strbuf_add_format(out, ", %.*f times as %s", fabs(shift) < 0.0953 ? 3 : 2, exp(fabs(shift)),
                      shift < 0 ? "fast" : "long");
}

static void add_change(double shift, const char *less, const char *what, struct strbuf *out)
{
    char pct[TEXT_DURATION_BYTES];

    text_pct(verdict_pct(shift), pct);
    strbuf_add_format(out, "test takes %s%% %s %s", pct, shift < 0 ? less : "more", what);
}

static void estimate_reason(const struct report *report, struct strbuf *out)
{
    double shift = log(report->test_estimate->cycles / report->base_estimate->cycles);

    if (report_verdict(report) == VERDICT_NO_DIFFERENCE) {
        strbuf_add_format(out, "the estimated cycles of the builds are within %.1f%%",
                          INSTRUCTIONS_FLOOR_PCT);
        return;
    }
    add_change(shift, "fewer", "estimated cycles", out);
    add_times(shift, out);
}

static struct interval interval_pct(const struct interval *shift)
{
    return (struct interval){.low = verdict_pct(shift->low), .high = verdict_pct(shift->high)};
}

static void no_difference_reason(const struct judgement *judgement, struct strbuf *out)
{
    const struct shift *shift = &judgement->shift;
    struct interval pct = interval_pct(&shift->interval);
    char range[TEXT_RANGE_BYTES], floor[TEXT_DURATION_BYTES];

    text_signed_pct_range(&pct, range);
    text_pct(verdict_pct(judgement->floor), floor);
    strbuf_add_format(out, "the %.0f%% interval of the change, %s, ", VERDICT_LEVEL * 100, range);
    if (shift->interval.low <= 0 && shift->interval.high >= 0)
        strbuf_add_text(out, "includes 0");
    else
        strbuf_add_format(out, "excludes 0, but base differs from itself by up to %s%%", floor);
}

void report_reason(const struct report *report, struct strbuf *out)
{
    const struct judgement *judgement = report->judgement;
    struct interval pct;
    char range[TEXT_RANGE_BYTES];

    if (!judgement) {
        estimate_reason(report, out);
        return;
    }
    if (judgement->verdict == VERDICT_NO_DIFFERENCE) {
        no_difference_reason(judgement, out);
        return;
    }
    pct = interval_pct(&judgement->shift.interval);
    text_pct_range(&pct, range);
    add_change(judgement->shift.value, "less", "CPU time", out);
    strbuf_add_format(out, " (%.0f%% interval %s)", VERDICT_LEVEL * 100, range);
    add_times(judgement->shift.value, out);
}

/* What to do about no difference: how many pairs would find a small one. */
static void add_advice(const struct report *report, struct strbuf *out)
{
    double needed = report->judgement->pairs_for_one_pct;

    if (needed <= (double)report->pairs->count)
        strbuf_add_text(out, "a difference of 1% would very likely have been found");
    else if (needed <= STATISTICS_MAX_COUNT)
        strbuf_add_format(out, "to find a difference of 1%%, ask for about %.0f pairs: -n %.0f",
                          needed, needed);
    else
        strbuf_add_format(out,
                          "to find a difference of 1%% at this noise takes about %.0f pairs: give "
                          "the commands more work, or use a quieter machine",
                          needed);
}

/* One line a build, the cells already made. */
struct row {
    char cpu[TEXT_DURATION_BYTES], range[TEXT_RANGE_BYTES];
    char wall[TEXT_DURATION_BYTES], peak[TEXT_DURATION_BYTES];
};

static struct row row_of(const struct build_summary *summary)
{
    struct row row;

    text_time(summary->cpu_s, row.cpu);
    text_time_range(&summary->cpu_interval_s, row.range);
    text_time(summary->wall_s, row.wall);
    text_size(summary->peak_bytes, row.peak);
    return row;
}

static void text_clock(const struct report *report, struct strbuf *out)
{
    const struct judgement *judgement = report->judgement;
    struct row base = row_of(&judgement->base), test = row_of(&judgement->test);
    char floor[TEXT_DURATION_BYTES];

    text_pct(verdict_pct(judgement->floor), floor);
    strbuf_add_format(out, "%zu interleaved pairs; medians; CPU time is user + system\n\n",
                      report->pairs->count);
    strbuf_add_format(out, "          %-11s %.0f%% %-20s %-11s %s\n", "CPU time",
                      VERDICT_LEVEL * 100, "interval", "wall time", "peak memory");
    strbuf_add_format(out, "    base  %-11s %-24s %-11s %s\n", base.cpu, base.range, base.wall,
                      base.peak);
    strbuf_add_format(out, "    test  %-11s %-24s %-11s %s\n\n", test.cpu, test.range, test.wall,
                      test.peak);
    strbuf_add_format(out, "    pair by pair: signed-rank test of equal CPU time, p = %.2g\n",
                      judgement->p_value);
    strbuf_add_format(out,
                      "    A/A control: %zu pairs of base against itself, noise floor %s%%\n\n",
                      report->control->count, floor);
}

static void text_estimate_row(const char *label, const struct estimate *estimate,
                              struct strbuf *out)
{
    strbuf_add_format(out, "    %s  %15llu %13llu %12llu %13llu %15.0f\n", label,
                      (unsigned long long)estimate->instructions,
                      (unsigned long long)estimate->l1_misses,
                      (unsigned long long)estimate->ll_misses,
                      (unsigned long long)estimate->mispredicts, estimate->cycles);
}

static void text_estimate(const struct report *report, struct strbuf *out)
{
    strbuf_add_text(out, "one run each under cachegrind: an estimate, not a timing\n\n");
    strbuf_add_format(out, "          %15s %13s %12s %13s %15s\n", "instructions", "L1 misses",
                      "LL misses", "mispredicts", "est. cycles");
    text_estimate_row("base", report->base_estimate, out);
    text_estimate_row("test", report->test_estimate, out);
    strbuf_add_char(out, '\n');
}

static const char *colour_of(enum verdict verdict)
{
    static const char *const colours[] = {
        [VERDICT_NO_DIFFERENCE] = "\033[1m",
        [VERDICT_FASTER] = "\033[1;32m",
        [VERDICT_SLOWER] = "\033[1;31m",
    };

    return colours[verdict];
}

void report_text(const struct report *report, bool colour, struct strbuf *out)
{
    enum verdict verdict = report_verdict(report);

    if (report->judgement)
        text_clock(report, out);
    else
        text_estimate(report, out);
    strbuf_add_format(out, "%s: %s%s%s: ", report->judgement ? "verdict" : "estimate",
                      colour ? colour_of(verdict) : "", verdict_name(verdict),
                      colour ? "\033[0m" : "");
    report_reason(report, out);
    strbuf_add_char(out, '\n');
    if (report->judgement && verdict == VERDICT_NO_DIFFERENCE) {
        add_advice(report, out);
        strbuf_add_char(out, '\n');
    }
}

/* A command inside <code>: what Markdown or HTML would read is written as entities. */
static void add_code(const char *text, struct strbuf *out)
{
    strbuf_add_text(out, "<code>");
    for (; *text; text++) {
        if (strchr("&<>|*_`\\[]~\n", *text))
            strbuf_add_format(out, "&#%d;", *text);
        else
            strbuf_add_char(out, *text);
    }
    strbuf_add_text(out, "</code>");
}

static void markdown_clock(const struct report *report, struct strbuf *out)
{
    const struct judgement *judgement = report->judgement;
    struct row base = row_of(&judgement->base), test = row_of(&judgement->test);
    char floor[TEXT_DURATION_BYTES];

    text_pct(verdict_pct(judgement->floor), floor);
    strbuf_add_format(out,
                      "| build | CPU time | %.0f%% interval | wall time | peak memory |\n"
                      "|---|---|---|---|---|\n",
                      VERDICT_LEVEL * 100);
    strbuf_add_format(out, "| base | %s | %s | %s | %s |\n", base.cpu, base.range, base.wall,
                      base.peak);
    strbuf_add_format(out, "| test | %s | %s | %s | %s |\n\n", test.cpu, test.range, test.wall,
                      test.peak);
    strbuf_add_format(out,
                      "%zu interleaved pairs, medians, CPU time is user + system; signed-rank "
                      "p = %.2g; noise floor %s%% from %zu pairs of base against itself.\n",
                      report->pairs->count, judgement->p_value, floor, report->control->count);
    if (judgement->verdict == VERDICT_NO_DIFFERENCE) {
        strbuf_add_char(out, '\n');
        add_advice(report, out);
        strbuf_add_text(out, ".\n");
    }
}

static void markdown_estimate(const struct report *report, struct strbuf *out)
{
    const struct estimate *estimates[] = {report->base_estimate, report->test_estimate};

    strbuf_add_text(out, "| build | instructions | L1 misses | LL misses | mispredicts | est. "
                         "cycles |\n|---|---:|---:|---:|---:|---:|\n");
    for (size_t i = 0; i < ARRAY_SIZE(estimates); i++)
        strbuf_add_format(out, "| %s | %llu | %llu | %llu | %llu | %.0f |\n", i ? "test" : "base",
                          (unsigned long long)estimates[i]->instructions,
                          (unsigned long long)estimates[i]->l1_misses,
                          (unsigned long long)estimates[i]->ll_misses,
                          (unsigned long long)estimates[i]->mispredicts, estimates[i]->cycles);
    strbuf_add_text(out, "\nOne run each under cachegrind: an estimate, not a timing.\n");
}

void report_markdown(const struct report *report, struct strbuf *out)
{
    strbuf_add_format(out, "### pgo-bench: %s%s\n\n", verdict_name(report_verdict(report)),
                      report->judgement ? "" : " (estimate)");
    report_reason(report, out);
    strbuf_add_text(out, "\n\n");
    if (report->judgement)
        markdown_clock(report, out);
    else
        markdown_estimate(report, out);
    strbuf_add_text(out, "\n- base: ");
    add_code(report->base->text, out);
    strbuf_add_text(out, "\n- test: ");
    add_code(report->test->text, out);
    strbuf_add_char(out, '\n');
}
