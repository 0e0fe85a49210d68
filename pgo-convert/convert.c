#include "convert.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "base/path.h"
#include "binaries.h"
#include "estimate.h"
#include "executions.h"
#include "fold.h"
#include "fold_calls.h"
#include "fold_probes.h"
#include "fold_samples.h"
#include "inputs.h"
#include "stack_calls.h"
#include "parts.h"
#include "sample_profile.h"

/* The probes of the sampled binaries that have some. */
static bool read_probes(struct binaries *binaries, struct err *err)
{
    for (size_t i = 0; i < binaries->count; i++) {
        struct binary *binary = binaries->items[i];
        struct err missing = {0};

        if (!binary->samples.count || (binary->probes = probes_read(binary->image, &missing)))
            continue;
        if (missing.kind != ERR_NOT_FOUND) {
            *err = missing;
            return false;
        }
    }
    return true;
}

static uint64_t sum(const struct counts *counts)
{
    uint64_t total = 0;

    for (size_t i = 0; i < counts->count; i++)
        total = saturating_add(total, counts->items[i].count);
    return total;
}

/* A profile is by probe or by line, not both: the kind that holds more of the samples. */
static bool is_by_probe(const struct binaries *binaries, const struct report *report)
{
    uint64_t by_probe = 0, other = report->by_line;

    for (size_t i = 0; i < binaries->count; i++) {
        uint64_t *total = binaries->items[i]->probes ? &by_probe : &other;

        *total = saturating_add(*total, sum(&binaries->items[i]->samples));
    }
    return by_probe > other;
}

static bool is_estimate(const struct convert_options *options)
{
    return options->input != INPUT_COUNTS &&
           (options->count == COUNT_FLOW || options->count == COUNT_BLOCK);
}

static enum estimate_rule rule_of(const struct convert_options *options)
{
    if (options->input == INPUT_COUNTS)
        return ESTIMATE_NONE;
    return options->count == COUNT_FLOW ? ESTIMATE_FLOW : ESTIMATE_BLOCK;
}

/* Branch records give exact counts: nothing is left to estimate. */
static bool fold_binary(const struct convert_options *options, struct binary *binary,
                        struct sampleprof *tree, struct err *err)
{
    struct counts estimated = {0};
    bool is_raw = !is_estimate(options) && options->input != INPUT_COUNTS;
    const struct counts *counts = binary->executions.count ? &binary->executions
                                  : is_raw                 ? &binary->samples
                                                           : &estimated;
    bool is_sum = counts != &binary->executions && options->count == COUNT_SUM;
    bool done = true;

    counts_sort(&binary->samples);
    if (counts == &estimated)
        done = estimate_counts(binary->image, &binary->samples, rule_of(options), &estimated, err);
    if (done && tree->is_probe_based)
        fold_probes(tree, binary->probes, counts);
    else if (done)
        fold_counts(tree, binary, counts, is_sum ? FOLD_SUM : FOLD_MAX);
    if (done)
        fold_calls(tree, binary);
    if (done && counts == &estimated && is_estimate(options))
        done = stack_calls_fold(tree, binary, counts, err);
    fold_samples(tree, binary);
    counts_release(&estimated);
    sampleprof_finish(tree);
    return done;
}

/* What was read by line, once it is known that the profile is by probe. */
static void drop_lines(struct binaries *binaries, struct report *report)
{
    if (report->by_line)
        report_drop(report, DROP_NO_PROBES, report->by_line, "names and lines of the profile");
    report->by_line = 0;
    for (size_t i = 0; i < binaries->count; i++) {
        struct binary *binary = binaries->items[i];
        uint64_t total = sum(&binary->samples);

        if (binary->probes || !total)
            continue;
        report_drop(report, DROP_NO_PROBES, total, path_base(image_path(binary->image)));
        report->by_address -= total < report->by_address ? total : report->by_address;
        counts_release(&binary->samples);
    }
}

/* Each sampled binary becomes a tree of its own. */
static bool fold_binaries(const struct convert_options *options, struct binaries *binaries,
                          bool is_probe_based, struct parts *parts, struct err *err)
{
    for (size_t i = 0; i < binaries->count; i++) {
        struct binary *binary = binaries->items[i];
        struct sampleprof *tree;

        if (!binary->samples.count)
            continue;
        tree = sampleprof_new();
        tree->is_probe_based = is_probe_based;
        parts_add(parts, PART_BINARY, image_path(binary->image), tree, 1);
        if (!fold_binary(options, binary, tree, err))
            return false;
    }
    return true;
}

/* Samples that are not estimated, but taken as they are, each at its own line. */
static void drop_lineless(const struct binaries *binaries, struct report *report)
{
    for (size_t i = 0; i < binaries->count; i++) {
        const struct binary *binary = binaries->items[i];
        uint64_t lost = binary->symbolizer && !binary->executions.count
                            ? fold_lost(binary, &binary->samples)
                            : 0;

        if (!lost)
            continue;
        report->by_address -= lost < report->by_address ? lost : report->by_address;
        report_drop(report, DROP_NO_LINE, lost, path_base(image_path(binary->image)));
    }
}

/* Samples to trees; `lines` is what was read by line, and is taken. */
static bool fold_all(const struct convert_options *options, struct binaries *binaries,
                     struct sampleprof *lines, struct parts *parts, struct report *report,
                     struct err *err)
{
    bool is_probe_based;

    sampleprof_finish(lines);
    for (size_t i = 0; i < lines->function_count; i++)
        lines->functions[i]->samples = lines->functions[i]->total;
    if (lines->function_count)
        parts_add(parts, PART_LINES, "names and lines of the profile", lines, 1);
    else
        sampleprof_free(lines);
    if (!read_probes(binaries, err))
        return false;
    is_probe_based = is_by_probe(binaries, report);
    if (is_probe_based) {
        drop_lines(binaries, report);
        parts_drop_lines(parts);
    }
    if (!is_probe_based && !is_estimate(options))
        drop_lineless(binaries, report);
    if (!fold_binaries(options, binaries, is_probe_based, parts, err))
        return false;
    if (is_estimate(options))
        parts_scale_lines(parts, report->by_address);
    return true;
}

/* The compile-unit map: after all counts, since it has the names that these mention. */
static void add_units(struct sampleprof *tree, const struct binaries *binaries)
{
    for (size_t i = 0; i < binaries->count; i++)
        if (binaries->items[i]->samples.count)
            fold_units(tree, binaries->items[i]);
    sampleprof_finish(tree);
}

/* --refresh: the old profile's records in place of those that are new by chance alone. */
static bool refresh_tree(const char *path, const struct binaries *binaries,
                         struct conversion *conversion, struct err *err)
{
    struct sampleprof *old = sample_profile_open(path, err), *refreshed;

    if (!old) {
        if (err->kind == ERR_NOT_FOUND)
            err_hint(err, "the first time there is nothing to refresh: leave --refresh out");
        return false;
    }
    refreshed = refresh(old, conversion->tree, &conversion->report.refresh);
    conversion->report.refreshed = path;
    add_units(refreshed, binaries);
    sampleprof_free(old);
    sampleprof_free(conversion->tree);
    conversion->tree = refreshed;
    return true;
}

/* Sample profiles and a binary, but no samples that it could be of: does the one fit the other? */
static bool measure_staleness(struct binaries *binaries, struct conversion *conversion,
                              struct err *err)
{
    struct report *report = &conversion->report;

    return !report_is_staleness(report) || !binaries->count ||
           staleness_measure(&report->staleness, conversion->tree, binaries, err);
}

static bool no_counts(struct err *err)
{
    err_set(err, ERR_FORMAT, "the sample profile has no counts but 0");
    return err_hint(err, "convert a recording of the program at work");
}

/* Debug information may know functions, but no lines (line 0): then all counts have no key. */
static bool check_tree(const struct sampleprof *tree, const struct report *report, struct err *err)
{
    if (tree->function_count && tree->functions[0]->total)
        return true;
    if (!report->sample_count)
        return no_counts(err);
    err_set(err, ERR_NOT_FOUND, "none of the %" PRIu64 " samples is on a line of a function",
            report->sample_count);
    return err_hint(err, "profile a binary that was built by pgo-build, or with -g1 "
                         "-fdebug-info-for-profiling");
}

static bool merge(struct parts *parts, const struct binaries *binaries,
                  struct conversion *conversion, struct err *err)
{
    struct report *report = &conversion->report;

    report->counts_total = parts_total(parts);
    conversion->tree = parts_merge(parts, &report->checksum_losses, err);
    if (!conversion->tree)
        return false;
    if (report->checksum_losses.example) {
        snprintf(report->checksum_example, sizeof(report->checksum_example), "%s",
                 report->checksum_losses.example);
        report->checksum_losses.example = report->checksum_example;
    }
    add_units(conversion->tree, binaries);
    return check_tree(conversion->tree, &conversion->report, err);
}

/*
 * To the tree that is written: where its counts come from. Exact counts of instructions are no
 * samples. After --refresh it is the new recording that tells how old the profile is.
 */
static void add_provenance(const struct convert_options *options, struct conversion *conversion)
{
    const struct report *report = &conversion->report;
    struct provenance *provenance = &conversion->tree->provenance;

    provenance_merge(provenance, &report->provenance);
    if (options->input != INPUT_COUNTS)
        provenance->samples = saturating_add(provenance->samples,
                                             saturating_add(report->by_address, report->by_line));
}

static bool has_servers(void)
{
    const char *urls = getenv("DEBUGINFOD_URLS");

    return urls && urls[0];
}

static bool check_report(const struct report *report, const struct binaries *binaries,
                         struct err *err)
{
    return report_check(report, err) || binaries_hint(binaries, err);
}

bool convert(const struct convert_options *options, struct conversion *conversion, struct err *err)
{
    struct report *report = &conversion->report;
    struct binaries binaries = {
        .places = {options->debug_dirs, options->debug_dir_count, has_servers()}};
    struct parts parts = {0};
    struct inputs inputs = {.options = options,
                            .binaries = &binaries,
                            .lines = sampleprof_new(),
                            .parts = &parts,
                            .report = report};
    bool done = binaries_open(&binaries, options->binaries, options->binary_count, err) &&
                inputs_read(&inputs, err) && executions_find(&binaries, report, err) &&
                check_report(report, &binaries, err);

    if (!done)
        sampleprof_free(inputs.lines);
    done = done && fold_all(options, &binaries, inputs.lines, &parts, report, err) &&
           merge(&parts, &binaries, conversion, err) &&
           measure_staleness(&binaries, conversion, err) &&
           (!options->refresh || refresh_tree(options->refresh, &binaries, conversion, err));
    if (done)
        add_provenance(options, conversion);
    parts_release(&parts);
    binaries_say(&binaries);
    binaries_close(&binaries);
    return done;
}

void conversion_release(struct conversion *conversion)
{
    sampleprof_free(conversion->tree);
    report_release(&conversion->report);
}
