#include "samples.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/path.h"
#include "binary/image_search.h"
#include "fold.h"
#include "stack_calls.h"

struct samples {
    const struct profile *profile;
    struct binary **binaries; /* by mapping; NULL: not found */
    bool *by_line;            /* the same: it has samples that are known by names and lines alone */
    struct stack_site *sites; /* by location */
    struct sampleprof *tree;
    struct report *report;
};

static void take_address(struct samples *samples, struct binary *binary,
                         const struct profile_mapping *mapping, uint64_t ip, uint64_t weight)
{
    const struct symbolizer_frame *frames;
    uint64_t vaddr;
    size_t count;

    if (!binaries_find_vaddr(binary, mapping, ip, &vaddr)) {
        report_drop(samples->report, DROP_OUTSIDE, weight, path_base(mapping->file));
        return;
    }
    count = symbolizer_find(binary->symbolizer, vaddr, &frames);
    /* without its start line (-g1 alone) nothing of the function has a key: see fold.h */
    if (count == 0 || !frames[count - 1].function->start_line) {
        report_drop(samples->report, DROP_NO_FUNCTION, weight, path_base(mapping->file));
    } else {
        counts_add(&binary->samples, vaddr, weight);
        samples->report->by_address = saturating_add(samples->report->by_address, weight);
    }
}

/* `binary` is NULL, or without debug information: then that is what is to be mended. */
static void take_lines(struct samples *samples, const struct profile_location *location,
                       const struct binary *binary, const char *binary_name, uint64_t weight)
{
    enum drop_reason reason = DROP_NO_BINARY;

    if (location->line_count &&
        fold_lines(samples->tree, samples->profile, location, weight, &reason)) {
        samples->report->by_line = saturating_add(samples->report->by_line, weight);
        if (location->mapping != PROFILE_NONE)
            samples->by_line[location->mapping] = true;
    } else {
        report_drop(samples->report, binary ? DROP_NO_DEBUG : reason, weight, binary_name);
    }
}

/* Each frame with its caller. */
static void take_stack(const struct samples *samples, const struct profile_sample *sample,
                       uint64_t weight)
{
    for (uint32_t i = 1; i < sample->location_count; i++)
        stack_calls_add(&samples->sites[sample->locations[i]],
                        &samples->sites[sample->locations[i - 1]], weight);
}

static void take(struct samples *samples, const struct profile_sample *sample, uint64_t weight)
{
    const struct profile *profile = samples->profile;
    const struct profile_location *leaf;
    const struct profile_mapping *mapping;
    struct binary *binary;

    samples->report->sample_count = saturating_add(samples->report->sample_count, weight);
    if (!sample->location_count) {
        report_drop(samples->report, DROP_NO_ADDRESS, weight, "a sample without a stack");
        return;
    }
    take_stack(samples, sample, weight);
    leaf = &profile->locations[sample->locations[0]];
    mapping = leaf->mapping == PROFILE_NONE ? NULL : &profile->mappings[leaf->mapping];
    binary = mapping && leaf->ip ? samples->binaries[leaf->mapping] : NULL;
    if (!binary && mapping && image_is_system(mapping->file))
        report_drop(samples->report, DROP_SYSTEM, weight, path_base(mapping->file));
    else if (binary && binary->symbolizer)
        take_address(samples, binary, mapping, leaf->ip, weight);
    else if (mapping || leaf->line_count)
        take_lines(samples, leaf, binary, mapping ? path_base(mapping->file) : "no mapping",
                   weight);
    else
        report_drop(samples->report, DROP_NO_ADDRESS, weight, "a frame without a mapping");
}

/* The profile is of the binaries with samples, whether they are here or not. */
static void note_binaries(const struct samples *samples)
{
    for (size_t i = 0; i < samples->profile->mapping_count; i++) {
        const struct profile_mapping *mapping = &samples->profile->mappings[i];
        const struct binary *binary = samples->binaries[i];

        if (samples->by_line[i] || (binary && binary->samples.count))
            provenance_add_binary(&samples->report->provenance,
                                  binary ? image_build_id(binary->image) : mapping->build_id,
                                  path_base(mapping->file));
    }
}

/* Which value counts; of a heap profile, whose default is one of bytes, none unless it is named. */
static bool find_weight(const struct profile *profile, const char *sample_type,
                        struct profile_weight *weight, struct err *err)
{
    if (!profile_find_weight(profile, sample_type, weight, err))
        return false;
    if (sample_type || !profile_weighs_memory(profile, weight))
        return true;
    err_set(err, ERR_UNSUPPORTED, "a profile of memory (%s in bytes), expected one of CPU time",
            profile->value_types[weight->value].type);
    return err_hint(err, "take the CPU profile, or name what is to count: --sample-type=NAME");
}

bool samples_read(const struct profile *profile, const char *sample_type, uint64_t weight,
                  struct binaries *binaries, struct sampleprof *tree, struct report *report,
                  struct err *err)
{
    struct samples samples = {.profile = profile, .tree = tree, .report = report};
    struct profile_weight value;

    if (!find_weight(profile, sample_type, &value, err))
        return false;
    samples.by_line = mem_array(profile->mapping_count, sizeof(bool));
    samples.binaries = mem_array(profile->mapping_count, sizeof(struct binary *));
    for (size_t i = 0; i < profile->mapping_count; i++)
        samples.binaries[i] = binaries_find(binaries, &profile->mappings[i]);
    samples.sites = stack_sites_find(profile, samples.binaries);
    for (size_t i = 0; i < profile->sample_count; i++) {
        int64_t raw = profile->samples[i].values[value.value];

        if (raw > 0)
            take(&samples, &profile->samples[i],
                 saturating_multiply(((uint64_t)raw + (uint64_t)value.divisor / 2) /
                                         (uint64_t)value.divisor,
                                     weight));
    }
    note_binaries(&samples);
    free(samples.sites);
    free(samples.binaries);
    free(samples.by_line);
    return true;
}
