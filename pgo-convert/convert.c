#include "convert.h"

#include <inttypes.h>

#include "base/file.h"
#include "base/number.h"
#include "base/path.h"
#include "binaries.h"
#include "estimate.h"
#include "fold.h"
#include "profile/pprof.h"
#include "samples.h"

static bool read_pprof(const struct convert_options *options, const struct input_file *input,
                       struct binaries *binaries, struct conversion *conversion, struct err *err)
{
    struct strbuf content = {0};
    struct profile *profile = NULL;
    bool done;

    done = file_read(input->path, PPROF_MAX_BYTES, &content, err);
    if (done) {
        profile = pprof_read(content.data, content.len, err);
        if (!profile && err->kind == ERR_FORMAT)
            err_hint(err, "record or fetch it again; `pgo-collect record` writes such files");
        done = (profile && samples_read(profile, options->sample_type, input->weight, binaries,
                                        conversion->tree, &conversion->report, err)) ||
               err_prepend(err, "%s: ", input->path);
    }
    profile_free(profile);
    strbuf_release(&content);
    return done;
}

/* Exact counts: they belong to the one --binary, whatever they weigh. */
static void take_counts(const struct counts *counts, uint64_t weight, struct binary *binary,
                        struct report *report)
{
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

static bool read_counts(const struct input_file *input, struct binary *binary,
                        struct report *report, struct err *err)
{
    struct strbuf content = {0};
    struct counts counts = {0};
    bool done = file_read(input->path, PPROF_MAX_BYTES, &content, err);

    if (done)
        done = counts_read(strbuf_text(&content), content.len, &counts, err) ||
               err_prepend(err, "%s: ", input->path);
    if (done)
        take_counts(&counts, input->weight, binary, report);
    counts_release(&counts);
    strbuf_release(&content);
    return done;
}

static bool read_inputs(const struct convert_options *options, struct binaries *binaries,
                        struct conversion *conversion, struct err *err)
{
    for (size_t i = 0; i < options->input_count; i++) {
        const struct input_file *input = &options->inputs[i];

        if (options->input == INPUT_COUNTS
                ? !read_counts(input, binaries->items[0], &conversion->report, err)
                : !read_pprof(options, input, binaries, conversion, err))
            return false;
    }
    return options->input == INPUT_COUNTS || binaries_check(binaries, err);
}

static bool fold_binary(const struct convert_options *options, struct binary *binary,
                        struct sampleprof *tree, struct err *err)
{
    struct counts estimated = {0};
    bool is_estimate = options->input != INPUT_COUNTS &&
                       (options->count == COUNT_FLOW || options->count == COUNT_BLOCK);
    bool done = true;

    counts_sort(&binary->samples);
    if (is_estimate)
        done = estimate_counts(binary->image, &binary->samples,
                               options->count == COUNT_FLOW ? ESTIMATE_FLOW : ESTIMATE_BLOCK,
                               &estimated, err);
    if (done)
        fold_counts(tree, binary, is_estimate ? &estimated : &binary->samples,
                    options->count == COUNT_SUM ? FOLD_SUM : FOLD_MAX);
    counts_release(&estimated);
    return done;
}

static bool fold_all(const struct convert_options *options, struct binaries *binaries,
                     struct sampleprof *tree, struct err *err)
{
    for (size_t i = 0; i < binaries->count; i++)
        if (binaries->items[i]->samples.count &&
            !fold_binary(options, binaries->items[i], tree, err))
            return false;
    for (size_t i = 0; i < binaries->count; i++)
        if (binaries->items[i]->samples.count)
            fold_units(tree, binaries->items[i]);
    sampleprof_finish(tree);
    return true;
}

/* Debug information may know functions, but no lines (line 0): then all counts have no key. */
static bool check_tree(const struct sampleprof *tree, const struct report *report, struct err *err)
{
    if (tree->function_count && tree->functions[0]->total)
        return true;
    err_set(err, ERR_NOT_FOUND, "none of the %" PRIu64 " samples is on a line of a function",
            report->sample_count);
    return err_hint(err, "profile a binary that was built by pgo-build, or with -g1 "
                         "-fdebug-info-for-profiling");
}

bool convert(const struct convert_options *options, struct conversion *conversion, struct err *err)
{
    struct binaries binaries = {0};
    bool done;

    conversion->tree = sampleprof_new();
    done = binaries_open(&binaries, options->binaries, options->binary_count, err) &&
           read_inputs(options, &binaries, conversion, err) &&
           report_check(&conversion->report, err) &&
           fold_all(options, &binaries, conversion->tree, err) &&
           check_tree(conversion->tree, &conversion->report, err);
    binaries_close(&binaries);
    return done;
}

void conversion_release(struct conversion *conversion)
{
    sampleprof_free(conversion->tree);
}
