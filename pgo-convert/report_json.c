#include "report_json.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/byteset.h"
#include "base/memory.h"

/* JSON's integers are signed here; counts saturate anyway. */
static json_t *number(uint64_t value)
{
    return json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value);
}

/* Names and paths are bytes; JSON wants UTF-8. What is not becomes '?'. */
static json_t *string(const char *text)
{
    json_t *json = json_string(text);
    char *ascii;

    if (json)
        return json;
    ascii = mem_strdup(text);
    for (char *at = ascii; *at; at++)
        if ((unsigned char)*at >= 0x80)
            *at = '?';
    json = json_string(ascii);
    free(ascii);
    return json;
}

static json_t *inputs_of(const struct report *report)
{
    json_t *inputs = json_array();

    for (size_t i = 0; i < report->input_count; i++) {
        const struct report_input *input = &report->inputs[i];
        json_t *json = json_object();

        json_object_set_new(json, "file", string(input->path));
        json_object_set_new(json, "kind", string(report_kind_name(input->kind)));
        json_object_set_new(json, "weight", number(input->weight));
        if (input->kind == INPUT_IS_PROFILE) {
            json_object_set_new(json, "functions", number(input->functions));
            json_object_set_new(json, "counts", number(input->total));
        } else {
            json_object_set_new(json, "samples", number(input->samples));
        }
        json_array_append_new(inputs, json);
    }
    return inputs;
}

static json_t *samples_of(const struct report *report)
{
    json_t *samples = json_object(), *dropped = json_array();

    json_object_set_new(samples, "read", number(report->sample_count));
    json_object_set_new(samples, "by_address", number(report->by_address));
    json_object_set_new(samples, "by_line", number(report->by_line));
    json_object_set_new(samples, "unlabelled_stacks", number(report->unlabelled));
    for (int i = 0; i < DROP_REASON_COUNT; i++) {
        json_t *json;

        if (!report->dropped[i])
            continue;
        json = json_object();
        json_object_set_new(json, "reason", string(report_reason_name((enum drop_reason)i)));
        json_object_set_new(json, "samples", number(report->dropped[i]));
        json_object_set_new(json, "example", string(report->example[i]));
        json_array_append_new(dropped, json);
    }
    json_object_set_new(samples, "dropped", dropped);
    return samples;
}

static json_t *function_of(const struct sampleprof_function *function, double all)
{
    json_t *json = json_object();

    json_object_set_new(json, "name", string(function->name));
    json_object_set_new(json, "total", number(function->total));
    json_object_set_new(json, "head", number(function->head));
    if (function->samples)
        json_object_set_new(json, "samples", number(function->samples));
    json_object_set_new(json, "share_pct", json_real(100 * (double)function->total / all));
    return json;
}

/* Those that were written: of one name the first. */
static json_t *functions_of(const struct sampleprof *tree)
{
    json_t *functions = json_array();
    struct byteset written = {0};
    double all = 0;

    for (size_t i = 0; i < tree->function_count; i++)
        all += (double)tree->functions[i]->total;
    for (size_t i = 0; i < tree->function_count; i++) {
        size_t before = written.count;

        byteset_add_text(&written, tree->functions[i]->name);
        if (written.count > before)
            json_array_append_new(functions, function_of(tree->functions[i], all));
    }
    byteset_release(&written);
    return functions;
}

static json_t *losses_of(const struct sampleprof_losses *losses)
{
    json_t *json = json_object();

    json_object_set_new(json, "functions", number(losses->function_count));
    json_object_set_new(json, "counts", number(losses->total));
    if (losses->example)
        json_object_set_new(json, "largest", string(losses->example));
    return json;
}

static json_t *refresh_of(const struct report *report)
{
    const struct refresh_report *refresh = &report->refresh;
    json_t *json = json_object();

    json_object_set_new(json, "old", string(report->refreshed));
    json_object_set_new(json, "kept", number(refresh->kept));
    json_object_set_new(json, "kept_unseen", number(refresh->unseen));
    json_object_set_new(json, "kept_samples", number(refresh->kept_samples));
    json_object_set_new(json, "changed", number(refresh->changed));
    json_object_set_new(json, "too_old", number(refresh->expired));
    json_object_set_new(json, "gone", number(refresh->gone));
    json_object_set_new(json, "added", number(refresh->added));
    json_object_set_new(json, "left_out", number(refresh->left_out));
    json_object_set_new(json, "left_out_inlined", number(refresh->inlined));
    return json;
}

static json_t *staleness_of(const struct staleness *staleness)
{
    static const char *const states[] = {
        [STALENESS_MATCHED] = "matched",
        [STALENESS_MOVED] = "moved",
        [STALENESS_GONE] = "gone",
    };
    json_t *json = json_object(), *numbers = json_object(), *functions = json_array();

    json_object_set_new(json, "counts", number(staleness->total));
    json_object_set_new(json, "found", number(staleness->found));
    json_object_set_new(json, "gone", number(staleness->gone));
    for (size_t i = 0; i < STALENESS_STATE_COUNT; i++)
        json_object_set_new(numbers, states[i], number(staleness->states[i]));
    json_object_set_new(json, "numbers", numbers);
    for (size_t i = 0; i < staleness->count; i++) {
        const struct staleness_function *function = &staleness->functions[i];
        json_t *item = json_object();

        json_object_set_new(item, "name", string(function->name));
        json_object_set_new(item, "state", string(states[function->state]));
        json_object_set_new(item, "counts", number(function->total));
        json_object_set_new(item, "found", number(function->found));
        json_array_append_new(functions, item);
    }
    json_object_set_new(json, "functions", functions);
    return json;
}

static int append(const char *text, size_t len, void *out)
{
    strbuf_add(out, text, len);
    return 0;
}

void report_to_json(const struct report *report, const struct sampleprof *tree,
                    const struct sampleprof_losses *losses, const char *counts_kind,
                    struct strbuf *out)
{
    json_t *json = json_object(), *left_out = json_object();

    json_object_set_new(json, "tool", string("pgo-convert " PGO_VERSION));
    json_object_set_new(json, "inputs", inputs_of(report));
    json_object_set_new(json, "samples", samples_of(report));
    json_object_set_new(json, "counts", string(counts_kind));
    json_object_set_new(json, "functions", functions_of(tree));
    json_object_set_new(left_out, "same_name", losses_of(losses));
    json_object_set_new(left_out, "other_checksum", losses_of(&report->checksum_losses));
    json_object_set_new(json, "left_out", left_out);
    if (report->refreshed)
        json_object_set_new(json, "refresh", refresh_of(report));
    if (report->staleness.count)
        json_object_set_new(json, "staleness", staleness_of(&report->staleness));
    json_dump_callback(json, append, out, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
    strbuf_add_char(out, '\n');
    json_decref(json);
}
