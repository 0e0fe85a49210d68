/*
 * The JSON of a result. Times are in seconds, sizes in bytes; a shift is log(test / base).
 *
 *     tool, version, mode, verdict, reason
 *     mode "clock":
 *       metric, level, shift {value, low, high}, p_value, noise_floor, pairs_for_one_pct
 *       base, test     {command, cpu_s {median, low, high}, wall_s {...}, peak_bytes}
 *       pairs, control [{base {cpu_s, wall_s, peak_bytes}, test {...}}, ...]
 *     mode "instructions":
 *       base, test     {command, instructions, l1_misses, ll_misses, mispredicts,
 *                       estimated_cycles}
 */
#include "pgo-bench/report.h"

/* Bytes from 0x80 on pass through: the file is UTF-8 if the command is. */
static void add_string(const char *text, struct strbuf *out)
{
    strbuf_add_char(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            strbuf_add_format(out, "\\%c", *text);
        else if ((unsigned char)*text < 0x20)
            strbuf_add_format(out, "\\u%04x", (unsigned)*text);
        else
            strbuf_add_char(out, *text);
    }
    strbuf_add_char(out, '"');
}

static void add_sample(const char *name, const struct sample *sample, struct strbuf *out)
{
    strbuf_add_format(out, "\"%s\": {\"cpu_s\": %.6f, \"wall_s\": %.6f, \"peak_bytes\": %llu}",
                      name, sample->cpu_s, sample->wall_s, (unsigned long long)sample->peak_bytes);
}

static void add_pairs(const char *name, const struct pairs *pairs, struct strbuf *out)
{
    strbuf_add_format(out, "  \"%s\": [", name);
    for (size_t i = 0; i < pairs->count; i++) {
        strbuf_add_text(out, i ? ",\n    {" : "\n    {");
        add_sample("base", &pairs->items[i].base, out);
        strbuf_add_text(out, ", ");
        add_sample("test", &pairs->items[i].test, out);
        strbuf_add_char(out, '}');
    }
    strbuf_add_text(out, "\n  ]");
}

static void add_summary(const char *name, const struct command *command,
                        const struct build_summary *summary, struct strbuf *out)
{
    strbuf_add_format(out, "  \"%s\": {\"command\": ", name);
    add_string(command->text, out);
    strbuf_add_format(out, ",\n    \"cpu_s\": {\"median\": %.6f, \"low\": %.6f, \"high\": %.6f},\n",
                      summary->cpu_s, summary->cpu_interval_s.low, summary->cpu_interval_s.high);
    strbuf_add_format(out, "    \"wall_s\": {\"median\": %.6f, \"low\": %.6f, \"high\": %.6f},\n",
                      summary->wall_s, summary->wall_interval_s.low, summary->wall_interval_s.high);
    strbuf_add_format(out, "    \"peak_bytes\": %.0f},\n", summary->peak_bytes);
}

static void add_clock(const struct report *report, struct strbuf *out)
{
    const struct judgement *judgement = report->judgement;

    strbuf_add_format(out, "  \"metric\": \"user+system CPU time\",\n  \"level\": %.2f,\n",
                      VERDICT_LEVEL);
    strbuf_add_format(out, "  \"shift\": {\"value\": %.6f, \"low\": %.6f, \"high\": %.6f},\n",
                      judgement->shift.value, judgement->shift.interval.low,
                      judgement->shift.interval.high);
    strbuf_add_format(out, "  \"p_value\": %.6g,\n  \"noise_floor\": %.6f,\n", judgement->p_value,
                      judgement->floor);
    strbuf_add_format(out, "  \"pairs_for_one_pct\": %.0f,\n", judgement->pairs_for_one_pct);
    add_summary("base", report->base, &judgement->base, out);
    add_summary("test", report->test, &judgement->test, out);
    add_pairs("pairs", report->pairs, out);
    strbuf_add_text(out, ",\n");
    add_pairs("control", report->control, out);
    strbuf_add_char(out, '\n');
}

static void add_estimate(const char *name, const struct command *command,
                         const struct estimate *estimate, struct strbuf *out)
{
    strbuf_add_format(out, "  \"%s\": {\"command\": ", name);
    add_string(command->text, out);
    strbuf_add_format(out,
                      ",\n    \"instructions\": %llu, \"l1_misses\": %llu, \"ll_misses\": %llu,\n"
                      "    \"mispredicts\": %llu, \"estimated_cycles\": %.0f}",
                      (unsigned long long)estimate->instructions,
                      (unsigned long long)estimate->l1_misses,
                      (unsigned long long)estimate->ll_misses,
                      (unsigned long long)estimate->mispredicts, estimate->cycles);
}

void report_json(const struct report *report, struct strbuf *out)
{
    struct strbuf reason = {0};

    report_reason(report, &reason);
    strbuf_add_format(out, "{\n  \"tool\": \"pgo-bench\",\n  \"version\": \"%s\",\n", PGO_VERSION);
    strbuf_add_format(out, "  \"mode\": \"%s\",\n  \"verdict\": \"%s\",\n  \"reason\": ",
                      report->judgement ? "clock" : "instructions",
                      verdict_name(report_verdict(report)));
    add_string(strbuf_text(&reason), out);
    strbuf_add_text(out, ",\n");
    if (report->judgement) {
        add_clock(report, out);
    } else {
        add_estimate("base", report->base, report->base_estimate, out);
        strbuf_add_text(out, ",\n");
        add_estimate("test", report->test, report->test_estimate, out);
        strbuf_add_char(out, '\n');
    }
    strbuf_add_text(out, "}\n");
    strbuf_release(&reason);
}
