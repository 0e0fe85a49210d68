#include "inputs.h"

#include <ctype.h>

#include "base/file.h"
#include "base/number.h"
#include "base/path.h"
#include "branch_text.h"
#include "perf_samples.h"
#include "profile/gperftools.h"
#include "profile/labels.h"
#include "profile/perf_data.h"
#include "profile/pprof.h"
#include "profile/sampleprof_read.h"
#include "sample_profile.h"
#include "samples.h"

#define NS_PER_S 1000000000

/* In seconds; a duration that cannot be is none. */
static int64_t end_of(const struct profile *profile)
{
    int64_t end_ns;

    if (profile->duration_ns < 0 ||
        __builtin_add_overflow(profile->time_ns, profile->duration_ns, &end_ns))
        end_ns = profile->time_ns;
    return end_ns / NS_PER_S;
}

/* Text has no mappings: it is of the only --binary. */
static void note_binary(struct inputs *inputs)
{
    const struct image *image = inputs->binaries->items[0]->image;

    provenance_add_binary(&inputs->report->provenance, image_build_id(image),
                          path_base(image_path(image)));
}

static bool read_pprof(struct inputs *inputs, const struct strbuf *content, uint64_t weight,
                       struct err *err)
{
    struct profile *profile = pprof_read(content->data, content->len, err);
    bool done;

    if (profile)
        inputs->report->unlabelled +=
            labels_keep(profile, inputs->options->labels, inputs->options->label_count);
    if (!profile && err->kind == ERR_FORMAT)
        err_hint(err, "record or fetch it again; `pgo-collect record` writes such files");
    done = profile && samples_read(profile, inputs->options->sample_type, weight, inputs->binaries,
                                   inputs->lines, inputs->report, err);
    if (done)
        provenance_add_time(&inputs->report->provenance, profile->time_ns / NS_PER_S,
                            end_of(profile));
    profile_free(profile);
    return done;
}

static bool read_gperftools(struct inputs *inputs, const struct strbuf *content, uint64_t weight,
                            struct err *err)
{
    struct profile *profile = gperftools_read(content->data, content->len, err);
    bool done = profile && samples_read(profile, inputs->options->sample_type, weight,
                                        inputs->binaries, inputs->lines, inputs->report, err);

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

    if (done) {
        take_counts(inputs, &counts, weight);
        note_binary(inputs);
    }
    counts_release(&counts);
    return done;
}

static bool read_sample_profile(struct inputs *inputs, const struct input_file *file,
                                const struct strbuf *content, struct report_input *input,
                                struct err *err)
{
    struct sampleprof *tree = sample_profile_read(content, err);

    if (!tree)
        return false;
    parts_add(inputs->parts, PART_PROFILE, file->path, tree, file->weight);
    provenance_merge(&inputs->report->provenance, &tree->provenance);
    input->kind = INPUT_IS_PROFILE;
    input->functions = tree->function_count;
    input->total = parts_total_of(&inputs->parts->items[inputs->parts->count - 1]);
    return true;
}

/* No binary form is: a pprof begins with the tag of a field, and its length soon follows. */
static bool is_plain_text(const struct strbuf *content)
{
    enum { ENOUGH_BYTES = 64 };
    size_t len = content->len < ENOUGH_BYTES ? content->len : ENOUGH_BYTES;

    for (size_t i = 0; i < len; i++)
        if (!isprint((unsigned char)content->data[i]) && !isspace((unsigned char)content->data[i]))
            return false;
    return len == ENOUGH_BYTES;
}

static bool refuse_text(struct err *err)
{
    err_set(err, ERR_FORMAT,
            "found text that is no profile, expected a pprof, perf.data, an LLVM sample profile, "
            "or gperftools' CPU profile");
    return err_hint(err, "`pgo-collect record` writes a pprof; ADDRESS COUNT lines need "
                         "--input=counts");
}

static bool read_content(struct inputs *inputs, const struct input_file *file,
                         const struct strbuf *content, struct report_input *input, struct err *err)
{
    if (sampleprof_form_of(content->data, content->len) != SAMPLEPROF_NONE)
        return read_sample_profile(inputs, file, content, input, err);
    if (inputs->options->input == INPUT_AUTO && branch_text_is(content->data, content->len)) {
        input->kind = INPUT_IS_BRANCH_TEXT;
        if (!branch_text_read(content->data, content->len, file->weight, inputs->binaries,
                              inputs->report, err))
            return false;
        note_binary(inputs);
        return true;
    }
    if (perf_data_is(content->data, content->len)) {
        input->kind = INPUT_IS_PERF_DATA;
        return perf_samples_read(content->data, content->len, file->weight, inputs->binaries,
                                 inputs->report, err);
    }
    if (gperftools_is(content->data, content->len)) {
        input->kind = INPUT_IS_GPERFTOOLS;
        return read_gperftools(inputs, content, file->weight, err);
    }
    if (inputs->options->input == INPUT_COUNTS) {
        input->kind = INPUT_IS_COUNTS;
        return read_counts(inputs, content, file->weight, err);
    }
    if (is_plain_text(content))
        return refuse_text(err);
    input->kind = INPUT_IS_PPROF;
    return read_pprof(inputs, content, file->weight, err);
}

/* Only a pprof has labels: of another file all or nothing would be meant. */
static bool check_labels(const struct convert_options *options, const struct report_input *input,
                         struct err *err)
{
    if (!options->label_count || input->kind == INPUT_IS_PPROF)
        return true;
    err_set(err, ERR_UNSUPPORTED, "--label: found a file without labels (%s), expected a pprof",
            report_kind_name(input->kind));
    return err_hint(err, "leave the file or --label out");
}

/* May be larger than memory, so it is not read in. False: it is no such file. */
static bool read_mapped(struct inputs *inputs, const struct input_file *file,
                        struct report_input *input, bool *done, struct err *err)
{
    struct file_map map;
    bool is_it;

    if (!file_map(file->path, &map))
        return false;
    is_it = perf_data_is(map.data, map.len);
    if (is_it) {
        input->kind = INPUT_IS_PERF_DATA;
        *done = perf_samples_read(map.data, map.len, file->weight, inputs->binaries, inputs->report,
                                  err);
    }
    file_unmap(&map);
    return is_it;
}

static bool read_file(struct inputs *inputs, const struct input_file *file, struct err *err)
{
    struct report_input *input = report_add_input(inputs->report, file->path, file->weight);
    uint64_t before = inputs->report->sample_count;
    struct strbuf content = {0};
    bool done = false, is_mapped = read_mapped(inputs, file, input, &done, err);

    if (is_mapped || file_read(file->path, PPROF_MAX_BYTES, &content, err)) {
        done = is_mapped ? done : read_content(inputs, file, &content, input, err);
        done = (done && check_labels(inputs->options, input, err)) ||
               err_prepend(err, "%s: ", file->path);
    }
    input->samples = inputs->report->sample_count - before;
    strbuf_release(&content);
    return done;
}

bool inputs_read(struct inputs *inputs, struct err *err)
{
    for (size_t i = 0; i < inputs->options->input_count; i++)
        if (!read_file(inputs, &inputs->options->inputs[i], err))
            return false;
    return report_is_staleness(inputs->report) || binaries_check(inputs->binaries, err);
}
