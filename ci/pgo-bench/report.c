#include "pgo-bench/report.h"

#include <math.h>

#include "pgo-bench/go_text.h"
#include "pgo-bench/markup.h"
#include "pgo-bench/text.h"

#define LEVEL_PCT   ((1 - VERDICT_ERROR) * 100)
#define SUMMARY_PCT (VERDICT_SUMMARY_LEVEL * 100)

enum verdict report_verdict(const struct report *report)
{
    return report->clock ? report->clock->judgement.verdict
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
    strbuf_add_format(out, "the %g%% interval of the change, %s, ", LEVEL_PCT, range);
    if (shift->interval.low <= 0 && shift->interval.high >= 0)
        strbuf_add_text(out, "includes 0");
    else
        strbuf_add_format(out, "excludes 0, but base differs from itself by up to %s%%", floor);
}

void report_reason(const struct report *report, struct strbuf *out)
{
    const struct judgement *judgement;
    struct interval pct;
    char range[TEXT_RANGE_BYTES];

    if (report->failure) {
        strbuf_add_text(out, report->failure->message);
        return;
    }
    if (!report->clock) {
        estimate_reason(report, out);
        return;
    }
    judgement = &report->clock->judgement;
    if (judgement->verdict == VERDICT_NO_DIFFERENCE) {
        no_difference_reason(judgement, out);
        return;
    }
    pct = interval_pct(&judgement->shift.interval);
    text_pct_range(&pct, range);
    add_change(judgement->shift.value, "less", "CPU time", out);
    strbuf_add_format(out, " (%g%% interval %s)", LEVEL_PCT, range);
    add_times(judgement->shift.value, out);
}

/* What to do about no difference: how many pairs would find a small one. */
static void add_advice(const struct report *report, struct strbuf *out)
{
    double needed = verdict_pairs_needed(&report->clock->judgement, log(1.01));

    if (needed <= (double)report->clock->settings.max_pairs)
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

/* "about 94 pairs for a difference of 1%, 24 for one of 3.2%, as seen here". */
static void add_needed(const struct judgement *judgement, struct strbuf *out)
{
    char seen[TEXT_DURATION_BYTES];

    strbuf_add_format(out, "about %.0f pairs for a difference of 1%%",
                      verdict_pairs_needed(judgement, log(1.01)));
    if (judgement->verdict == VERDICT_NO_DIFFERENCE)
        return;
    text_pct(verdict_pct(judgement->shift.value), seen);
    strbuf_add_format(out, ", %.0f for one of %s%%, as seen here",
                      verdict_pairs_needed(judgement, judgement->shift.value), seen);
}

/* "33 pairs of at most 60 (clear after these), order by --seed=7, on CPU 1". */
static void add_plan(const struct clock *clock, struct strbuf *out)
{
    strbuf_add_format(out, "%zu pairs", clock->run.pairs.count);
    if (clock->run.pairs.count < clock->settings.max_pairs)
        strbuf_add_format(out, " of at most %zu (clear after these)", clock->settings.max_pairs);
    strbuf_add_format(out, ", order by --seed=%llu", (unsigned long long)clock->settings.seed);
    if (clock->settings.cpu != CPU_ANY)
        strbuf_add_format(out, ", on CPU %d", clock->settings.cpu);
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

static void text_clock(const struct clock *clock, struct strbuf *out)
{
    const struct judgement *judgement = &clock->judgement;
    struct row base = row_of(&judgement->base), test = row_of(&judgement->test);
    char floor[TEXT_DURATION_BYTES];

    add_plan(clock, out);
    strbuf_add_text(out, "\nmedians; CPU time is user + system\n\n");
    strbuf_add_format(out, "          %-11s %.0f%% %-20s %-11s %s\n", "CPU time", SUMMARY_PCT,
                      "interval", "wall time", "peak memory");
    strbuf_add_format(out, "    base  %-11s %-24s %-11s %s\n", base.cpu, base.range, base.wall,
                      base.peak);
    strbuf_add_format(out, "    test  %-11s %-24s %-11s %s\n\n", test.cpu, test.range, test.wall,
                      test.peak);
    text_pct(verdict_pct(judgement->floor), floor);
    strbuf_add_format(out, "    pair by pair: signed-rank test of equal CPU time, p = %.2g\n",
                      judgement->p_value);
    strbuf_add_format(out, "    A/A control: %zu pairs of base against itself, noise floor %s%%\n",
                      clock->run.control.count, floor);
    strbuf_add_text(out, "    at this noise: ");
    add_needed(judgement, out);
    strbuf_add_text(out, "\n\n");
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

void report_text(const struct report *report, bool colour, struct strbuf *out)
{
    enum verdict verdict;

    if (report->suite) {
        suite_report_text(report->suite, colour, out);
        return;
    }
    verdict = report_verdict(report);
    if (report->clock)
        text_clock(report->clock, out);
    else
        text_estimate(report, out);
    strbuf_add_text(out, report->clock ? "verdict: " : "estimate: ");
    markup_verdict(verdict, colour, out);
    strbuf_add_text(out, ": ");
    report_reason(report, out);
    strbuf_add_char(out, '\n');
    if (report->clock && verdict == VERDICT_NO_DIFFERENCE) {
        add_advice(report, out);
        strbuf_add_char(out, '\n');
    }
}

static void markdown_clock(const struct report *report, struct strbuf *out)
{
    const struct clock *clock = report->clock;
    const struct judgement *judgement = &clock->judgement;
    struct row base = row_of(&judgement->base), test = row_of(&judgement->test);
    char floor[TEXT_DURATION_BYTES];

    strbuf_add_format(out,
                      "| build | CPU time | %.0f%% interval | wall time | peak memory |\n"
                      "|---|---|---|---|---|\n",
                      SUMMARY_PCT);
    strbuf_add_format(out, "| base | %s | %s | %s | %s |\n", base.cpu, base.range, base.wall,
                      base.peak);
    strbuf_add_format(out, "| test | %s | %s | %s | %s |\n\n", test.cpu, test.range, test.wall,
                      test.peak);
    text_pct(verdict_pct(judgement->floor), floor);
    add_plan(clock, out);
    strbuf_add_format(out,
                      "; medians, CPU time is user + system; signed-rank p = %.2g; noise floor "
                      "%s%% from %zu pairs of base against itself. At this noise: ",
                      judgement->p_value, floor, clock->run.control.count);
    add_needed(judgement, out);
    strbuf_add_text(out, ".\n");
    if (judgement->verdict == VERDICT_NO_DIFFERENCE) {
        strbuf_add_char(out, '\n');
        add_advice(report, out);
        strbuf_add_text(out, ".\n");
    }
    if (report->same)
        strbuf_add_format(out, "\n**Note:** %s.\n", report->same);
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
    if (report->suite) {
        suite_report_markdown(report->suite, out);
        return;
    }
    strbuf_add_format(out, "### pgo-bench: %s%s\n\n", verdict_name(report_verdict(report)),
                      report->clock ? "" : " (estimate)");
    report_reason(report, out);
    strbuf_add_text(out, "\n\n");
    if (report->clock)
        markdown_clock(report, out);
    else
        markdown_estimate(report, out);
    strbuf_add_text(out, "\n- base: ");
    markup_code(report->base->text, out);
    strbuf_add_text(out, "\n- test: ");
    markup_code(report->test->text, out);
    strbuf_add_char(out, '\n');
}

void report_go(const struct report *report, struct strbuf *out)
{
    if (report->suite)
        go_text_suite(report->suite->suite, out);
    else if (report->clock)
        go_text_pairs(report->base, &report->clock->run.pairs, out);
}
