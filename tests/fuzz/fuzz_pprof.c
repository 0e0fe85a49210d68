/*
 * Any bytes as a pprof: refused, or a profile that can be written and read again. protobuf-c is the
 * second opinion about the wire format: where it reads the bytes as well, both say the same.
 */
#undef NDEBUG
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "pprof.pb-c.h"
#include "profile/gzip.h"
#include "profile/pprof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compare_sample(const struct profile_sample *sample, const Pprof__Sample *wire)
{
    assert(sample->location_count == wire->n_location_id);
    assert(sample->label_count == wire->n_label);
    for (size_t i = 0; i < wire->n_value; i++)
        assert(sample->values[i] == wire->value[i]);
    for (size_t i = 0; i < wire->n_label; i++)
        assert(sample->labels[i].number == wire->label[i]->num);
}

static void compare_location(const struct profile_location *location, const Pprof__Location *wire)
{
    assert(location->ip == wire->address);
    assert(location->line_count == wire->n_line);
    for (size_t i = 0; i < wire->n_line; i++)
        assert(location->lines[i].line == wire->line[i]->line);
}

static void compare(const struct profile *profile, const uint8_t *data, size_t size)
{
    Pprof__Profile *wire = pprof__profile__unpack(NULL, size, data);

    if (!wire)
        return;
    assert(profile->sample_count == wire->n_sample);
    for (size_t i = 0; i < wire->n_sample; i++)
        compare_sample(&profile->samples[i], wire->sample[i]);
    assert(profile->location_count == wire->n_location);
    for (size_t i = 0; i < wire->n_location; i++)
        compare_location(&profile->locations[i], wire->location[i]);
    assert(profile->function_count == wire->n_function);
    for (size_t i = 0; i < wire->n_function; i++)
        assert(profile->functions[i].start_line == wire->function[i]->start_line);
    assert(profile->mapping_count == wire->n_mapping);
    for (size_t i = 0; i < wire->n_mapping; i++)
        assert(profile->mappings[i].pgoff == wire->mapping[i]->file_offset);
    assert(profile->comment_count == wire->n_comment);
    assert(profile->period == wire->period && profile->time_ns == wire->time_nanos);
    pprof__profile__free_unpacked(wire, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    struct profile *profile = pprof_read(data, size, &err), *again;
    struct strbuf out = {0};

    if (!profile)
        return 0;
    if (!gzip_is_likely(data, size))
        compare(profile, data, size);
    pprof_write(profile, &out);
    again = pprof_read(out.data, out.len, &err);
    assert(again);
    assert(again->sample_count == profile->sample_count);
    profile_free(profile);
    profile_free(again);
    strbuf_release(&out);
    return 0;
}
