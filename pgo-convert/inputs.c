#include "inputs.h"

#include "base/file.h"
#include "base/number.h"
#include "base/path.h"
#include "profile/pprof.h"
#include "samples.h"

static bool read_pprof(struct inputs *inputs, const struct strbuf *content, uint64_t weight,
                       struct err *err)
{
    struct profile *profile = pprof_read(content->data, content->len, err);
    bool done;

    if (!profile && err->kind == ERR_FORMAT)
        err_hint(err, "record or fetch it again; `pgo-collect record` writes such files");
    done = profile && samples_read(profile, inputs->options->sample_type, weight, inputs->binaries,
                                   inputs->tree, inputs->report, err);
    profile_free(profile);
    return done;
}

/* Exact counts: they belong to the one --binary, whatever they weigh. */
static void take_counts(struct inputs *inputs, const struct counts *counts, uint64_t weight)
{
    struct binary *binary = inputs->binaries->items[0];
    struct report *report = inputs->report;

    binary->is_used = true;
    for (size_t i = 0; i < counts->count; i++) {
        const struct symbolizer_frame *frames;
        uint64_t vaddr = counts->items[i].vaddr;
        uint64_t count = saturating_multiply(counts->items[i].count, weight);

        report->sample_count = saturating_add(report->sample_count, count);
        if (symbolizer_find(binary->symbolizer, vaddr, &frames) == 0) {
            report_drop(report, DROP_NO_FUNCTION, count, path_base(image_path(binary->image)));
        } else {
            counts_add(&binary->samples, vaddr, count);
            report->by_address = saturating_add(report->by_address, count);
        }
    }
}

static bool read_counts(struct inputs *inputs, const struct strbuf *content, uint64_t weight,
                        struct err *err)
{
    struct counts counts = {0};
    bool done = counts_read(strbuf_text(content), content->len, &counts, err);

    if (done)
        take_counts(inputs, &counts, weight);
    counts_release(&counts);
    return done;
}

static bool read_content(struct inputs *inputs, const struct strbuf *content, uint64_t weight,
                         struct err *err)
{
    if (inputs->options->input == INPUT_COUNTS)
        return read_counts(inputs, content, weight, err);
    return read_pprof(inputs, content, weight, err);
}

static bool read_file(struct inputs *inputs, const struct input_file *file, struct err *err)
{
    struct strbuf content = {0};
    bool done =
        file_read(file->path, PPROF_MAX_BYTES, &content, err) &&
        (read_content(inputs, &content, file->weight, err) || err_prepend(err, "%s: ", file->path));

    strbuf_release(&content);
    return done;
}

bool inputs_read(struct inputs *inputs, struct err *err)
{
    for (size_t i = 0; i < inputs->options->input_count; i++)
        if (!read_file(inputs, &inputs->options->inputs[i], err))
            return false;
    return binaries_check(inputs->binaries, err);
}
