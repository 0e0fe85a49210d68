#include "pgo-bench/outcome.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "pgo-bench/html.h"

int outcome_fail(const struct err *err, int interrupted_by, int code)
{
    talk_progress_end();
    if (!interrupted_by)
        talk_error(err);
    return code;
}

static bool write_result(const struct bench_options *options, const struct report *report,
                         struct err *err)
{
    const char *paths[] = {options->json_path, options->markdown_path, options->html_path,
                           options->go_path};
    void (*const forms[])(const struct report *, struct strbuf *) = {report_json, report_markdown,
                                                                     report_html, report_go};
    struct strbuf text = {0};
    bool done = true, table = true;

    for (size_t i = 0; done && i < ARRAY_SIZE(paths); i++)
        if (paths[i]) {
            strbuf_reset(&text);
            forms[i](report, &text);
            done = file_write(paths[i], text.data, text.len, FILE_REPLACE, err);
            table = table && strcmp(paths[i], "-") != 0;
        }
    if (done && table) {
        strbuf_reset(&text);
        report_text(report, talk_wants_colour(STDOUT_FILENO), &text);
        done = file_write("-", text.data, text.len, FILE_REPLACE, err);
    }
    strbuf_release(&text);
    return done;
}

/* True, with what is beyond it: "test", or the name of a benchmark. */
static bool is_beyond_gate(double gate_pct, const struct report *report, const char **what)
{
    const struct suite_row *row;

    *what = "test";
    if (gate_pct < 0)
        return false;
    if (report->suite) {
        row = suite_beyond_gate(report->suite->suite, gate_pct);
        *what = row ? row->name : "";
        return row != NULL;
    }
    if (report->clock)
        return verdict_beyond_gate(&report->clock->judgement, gate_pct);
    return instructions_beyond_gate(report->base_estimate, report->test_estimate, gate_pct);
}

int outcome_report(const struct bench_options *options, const struct report *report)
{
    const char *what;
    struct err err;

    talk_progress_end();
    if (report->same)
        talk_warn("%s", report->same);
    if (report->clock && report->clock->silent)
        talk_warn("--check-output has compared nothing: neither build has printed anything");
    if (!write_result(options, report, &err))
        return outcome_fail(&err, 0, TALK_EXIT_FAILED);
    if (!is_beyond_gate(options->clock.gate_pct, report, &what))
        return TALK_EXIT_DONE;
    err_set(&err, ERR_LIMIT, "beyond the gate: %s is slower by more than %g%%", what,
            options->clock.gate_pct);
    err_hint(&err, "find what made it slower, or allow it: --gate=PCT");
    return outcome_fail(&err, 0, OUTCOME_BEYOND_GATE);
}

void outcome_keep_partial(const struct bench_options *options, const struct report *report)
{
    const char *paths[] = {options->json_path, options->html_path};
    void (*const forms[])(const struct report *, struct strbuf *) = {report_json, report_html};
    const struct run *run = &report->clock->run;
    struct strbuf text = {0};
    struct err err;

    if (run->pairs.count + run->control.count == 0)
        return;
    talk_progress_end();
    for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
        if (!paths[i])
            continue;
        strbuf_reset(&text);
        forms[i](report, &text);
        if (!file_write(paths[i], text.data, text.len, FILE_REPLACE, &err))
            talk_error(&err);
    }
    strbuf_release(&text);
}

int outcome_describe(enum bench_action action)
{
    struct strbuf text = {0};
    struct err err;
    bool done;

    if (action == BENCH_HELP)
        bench_options_help(&text);
    else
        strbuf_add_format(&text, "pgo-bench %s\n", PGO_VERSION);
    done = file_write("-", text.data, text.len, FILE_REPLACE, &err);
    strbuf_release(&text);
    return done ? TALK_EXIT_DONE : talk_fail(&err);
}
