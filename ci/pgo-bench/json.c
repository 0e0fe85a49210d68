/* The JSON of a result; docs/formats.md has its fields. */
#include "pgo-bench/report.h"

#include <math.h>

#include "pgo-bench/markup.h"

static void add_sample(const char *name, const struct sample *sample, struct strbuf *out)
{
    strbuf_add_format(out, "\"%s\": {\"cpu_s\": %.6f, \"wall_s\": %.6f, \"peak_bytes\": %llu}",
                      name, sample->cpu_s, sample->wall_s, (unsigned long long)sample->peak_bytes);
}

static void add_pairs(const char *name, const struct pairs *pairs, struct strbuf *out)
{
    strbuf_add_format(out, "  \"%s\": [", name);
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *pair = &pairs->items[i];

        strbuf_add_format(out, "%s\n    {\"start_s\": %.6f, \"first\": \"%s\", ", i ? "," : "",
                          pair->start_s, pair->test_first ? "test" : "base");
        add_sample("base", &pair->base, out);
        strbuf_add_text(out, ", ");
        add_sample("test", &pair->test, out);
        strbuf_add_char(out, '}');
    }
    strbuf_add_text(out, "\n  ]");
}

static void add_summary(const char *name, const struct command *command,
                        const struct build_summary *summary, struct strbuf *out)
{
    strbuf_add_format(out, "  \"%s\": {\"command\": ", name);
    markup_json(command->text, out);
    strbuf_add_format(out, ",\n    \"cpu_s\": {\"median\": %.6f, \"low\": %.6f, \"high\": %.6f},\n",
                      summary->cpu_s, summary->cpu_interval_s.low, summary->cpu_interval_s.high);
    strbuf_add_format(out, "    \"wall_s\": {\"median\": %.6f, \"low\": %.6f, \"high\": %.6f},\n",
                      summary->wall_s, summary->wall_interval_s.low, summary->wall_interval_s.high);
    strbuf_add_format(out, "    \"peak_bytes\": %.0f},\n", summary->peak_bytes);
}

static void add_settings(const struct clock *clock, struct strbuf *out)
{
    const struct clock_settings *settings = &clock->settings;

    strbuf_add_format(out, "  \"settings\": {\"max_pairs\": %zu, \"early_stop\": %s,\n",
                      settings->max_pairs, settings->early_stop ? "true" : "false");
    strbuf_add_format(out, "    \"seed\": %llu, \"warmup\": %zu",
                      (unsigned long long)settings->seed, settings->warm_up_runs);
    if (settings->cpu != CPU_ANY)
        strbuf_add_format(out, ", \"cpu\": %d", settings->cpu);
    if (settings->gate_pct >= 0)
        strbuf_add_format(out, ", \"gate_pct\": %g", settings->gate_pct);
    strbuf_add_text(out, "},\n");
}

static void add_looks(const struct clock *clock, struct strbuf *out)
{
    strbuf_add_text(out, "  \"looks\": [");
    for (size_t i = 0; i < clock->looked; i++) {
        const struct look *look = &clock->looks.items[i];
        const struct finding *finding = &clock->findings[i];

        strbuf_add_format(out, "%s\n    {\"pairs\": %zu, \"control\": %zu, \"error\": %.8f, ",
                          i ? "," : "", look->pairs, look->control_pairs, look->error);
        strbuf_add_format(out,
                          "\"value\": %.6f, \"low\": %.6f, \"high\": %.6f, "
                          "\"noise_floor\": %.6f}",
                          finding->shift.value, finding->shift.interval.low,
                          finding->shift.interval.high, finding->floor);
    }
    strbuf_add_text(out, "\n  ],\n");
}

static void add_judgement(const struct report *report, struct strbuf *out)
{
    const struct judgement *judgement = &report->clock->judgement;

    strbuf_add_format(out, "  \"metric\": \"user+system CPU time\",\n  \"level\": %g,\n",
                      1 - VERDICT_ERROR);
    strbuf_add_format(out, "  \"shift\": {\"value\": %.6f, \"low\": %.6f, \"high\": %.6f},\n",
                      judgement->shift.value, judgement->shift.interval.low,
                      judgement->shift.interval.high);
    strbuf_add_format(out, "  \"p_value\": %.6g,\n  \"noise_floor\": %.6f,\n", judgement->p_value,
                      judgement->floor);
    strbuf_add_format(out, "  \"pairs_for_one_pct\": %.0f,\n",
                      verdict_pairs_needed(judgement, log(1.01)));
    strbuf_add_format(out, "  \"pairs_for_shift\": %.0f,\n",
                      verdict_pairs_needed(judgement, judgement->shift.value));
    add_summary("base", report->base, &judgement->base, out);
    add_summary("test", report->test, &judgement->test, out);
}

/* Of a comparison without a verdict: what was to be compared. */
static void add_commands(const struct report *report, struct strbuf *out)
{
    strbuf_add_text(out, "  \"base\": {\"command\": ");
    markup_json(report->base->text, out);
    strbuf_add_text(out, "},\n  \"test\": {\"command\": ");
    markup_json(report->test->text, out);
    strbuf_add_text(out, "},\n");
}

static void add_clock(const struct report *report, struct strbuf *out)
{
    if (report->failure)
        add_commands(report, out);
    else
        add_judgement(report, out);
    add_settings(report->clock, out);
    add_looks(report->clock, out);
    add_pairs("pairs", &report->clock->run.pairs, out);
    strbuf_add_text(out, ",\n");
    add_pairs("control", &report->clock->run.control, out);
    strbuf_add_char(out, '\n');
}

static void add_estimate(const char *name, const struct command *command,
                         const struct estimate *estimate, struct strbuf *out)
{
    strbuf_add_format(out, "  \"%s\": {\"command\": ", name);
    markup_json(command->text, out);
    strbuf_add_format(out,
                      ",\n    \"instructions\": %llu, \"l1_misses\": %llu, \"ll_misses\": %llu,\n"
                      "    \"mispredicts\": %llu, \"estimated_cycles\": %.0f}",
                      (unsigned long long)estimate->instructions,
                      (unsigned long long)estimate->l1_misses,
                      (unsigned long long)estimate->ll_misses,
                      (unsigned long long)estimate->mispredicts, estimate->cycles);
}

static void add_verdict(const struct report *report, struct strbuf *out)
{
    struct strbuf reason = {0};

    strbuf_add_format(out, "  \"mode\": \"%s\",\n", report->clock ? "clock" : "instructions");
    if (report->failure)
        strbuf_add_text(out, "  \"partial\": true,\n  \"verdict\": null,\n");
    else
        strbuf_add_format(out, "  \"partial\": false,\n  \"verdict\": \"%s\",\n",
                          verdict_name(report_verdict(report)));
    strbuf_add_text(out, "  \"reason\": ");
    report_reason(report, &reason);
    markup_json(strbuf_text(&reason), out);
    strbuf_release(&reason);
    if (report->same) {
        strbuf_add_text(out, ",\n  \"same\": ");
        markup_json(report->same, out);
    }
    strbuf_add_text(out, ",\n");
}

void report_json(const struct report *report, struct strbuf *out)
{
    if (report->suite) {
        suite_report_json(report->suite, out);
        return;
    }
    strbuf_add_format(out, "{\n  \"tool\": \"pgo-bench\",\n  \"version\": \"%s\",\n", PGO_VERSION);
    add_verdict(report, out);
    if (report->clock) {
        add_clock(report, out);
    } else {
        add_estimate("base", report->base, report->base_estimate, out);
        strbuf_add_text(out, ",\n");
        add_estimate("test", report->test, report->test_estimate, out);
        strbuf_add_char(out, '\n');
    }
    strbuf_add_text(out, "}\n");
}
