#include "pgo-bench/html.h"

#include "base/page.h"
#include "pgo-bench/html_code.h"
#include "pgo-bench/html_facts.h"

extern const struct page bench_page; /* ci/pgo-bench/page, by page_embed() */

static void add_machine(const struct machine *machine, struct strbuf *out)
{
    strbuf_add_text(out, ",\n\"date\": ");
    page_add_text(out, machine->date);
    strbuf_add_text(out, ",\n\"machine\": {\"cpu\": ");
    page_add_text(out, machine->cpu);
    strbuf_add_format(out, ", \"cpus\": %ld, \"kernel\": ", machine->cpu_count);
    page_add_text(out, machine->kernel);
    strbuf_add_char(out, '}');
}

void html_write(const struct html_input *input, struct strbuf *out)
{
    page_open(&bench_page, input->text, out);
    strbuf_add_text(out, "{\"result\":\n");
    page_add_json(out, input->json->data, input->json->len);
    add_machine(input->machine, out);
    if (input->facts) {
        strbuf_add_text(out, ",\n\"facts\": ");
        html_facts_add(input->facts, out);
    }
    if (input->code) {
        strbuf_add_text(out, ",\n\"code\": ");
        html_code_add(input->code, out);
    }
    strbuf_add_char(out, '}');
    page_close(&bench_page, out);
}

/* What facts name as the program, else what the command starts; NULL: not known. */
static const char *program_of(const struct facts_build *build, const struct command *command)
{
    if (build && *build->binary)
        return build->binary;
    return command ? command->program : NULL;
}

static bool compare_code(const struct report *report, struct code *code)
{
    const struct facts *facts = report->facts;
    const char *base = program_of(facts ? &facts->base : NULL, report->base);
    const char *test = program_of(facts ? &facts->test : NULL, report->test);

    return base && test && code_compare(code, base, test);
}

void report_html(const struct report *report, struct strbuf *out)
{
    struct strbuf json = {0}, text = {0};
    struct machine machine;
    struct code code = {0};
    bool has_code = compare_code(report, &code);

    report_json(report, &json);
    if (report->failure)
        report_reason(report, &text);
    else
        report_text(report, false, &text);
    machine_read(&machine);
    html_write(&(struct html_input){&json, strbuf_text(&text), &machine, report->facts,
                                    has_code ? &code : NULL},
               out);
    code_release(&code);
    strbuf_release(&json);
    strbuf_release(&text);
}
