#include "convert.h"

#include <inttypes.h>

#include "binaries.h"
#include "estimate.h"
#include "fold.h"
#include "inputs.h"

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
    struct inputs inputs = {.options = options, .binaries = &binaries};
    bool done;

    conversion->tree = inputs.tree = sampleprof_new();
    inputs.report = &conversion->report;
    done = binaries_open(&binaries, options->binaries, options->binary_count, err) &&
           inputs_read(&inputs, err) && report_check(&conversion->report, err) &&
           fold_all(options, &binaries, conversion->tree, err) &&
           check_tree(conversion->tree, &conversion->report, err);
    binaries_close(&binaries);
    return done;
}

void conversion_release(struct conversion *conversion)
{
    sampleprof_free(conversion->tree);
}
