#include "pgo-bench/html.h"

#include "base/page.h"
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
    strbuf_add_char(out, '}');
    page_close(&bench_page, out);
}

void report_html(const struct report *report, struct strbuf *out)
{
    struct strbuf json = {0}, text = {0};
    struct machine machine;

    report_json(report, &json);
    if (report->failure)
        report_reason(report, &text);
    else
        report_text(report, false, &text);
    machine_read(&machine);
    html_write(&(struct html_input){&json, strbuf_text(&text), &machine, report->facts}, out);
    strbuf_release(&json);
    strbuf_release(&text);
}
