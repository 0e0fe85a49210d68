#include "profile/pprof.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "profile/gzip.h"
#include "pprof.pb-c.h"

/*
 * What protobuf-c may allocate for one message: a submessage of two bytes becomes a struct of
 * about a hundred, so a bound on the input alone is none on memory.
 */
#define UNPACK_MAX_BYTES ((size_t)4 * 1024 * 1024 * 1024)

struct budget {
    size_t left_bytes;
    struct arena arena; /* a profile is a hundred thousand messages, freed together */
};

static void *budget_alloc(void *data, size_t size)
{
    struct budget *budget = data;

    if (size > budget->left_bytes)
        return NULL;
    budget->left_bytes -= size;
    return arena_alloc(&budget->arena, size ? size : 1);
}

static void budget_free(void *data, void *memory)
{
    (void)data;
    (void)memory;
}

/*
 * The ids of a file (any 64-bit numbers but 0) and the indexes they become. Most writers count
 * from 1: as long as that is so, no set is needed. Looking up the frames of all stacks in one took
 * a quarter of the time of a merge.
 */
struct ids {
    struct byteset set; /* empty until is_scattered */
    size_t count;
    bool is_scattered;
};

static void scatter(struct ids *ids)
{
    for (uint64_t id = 1; id <= ids->count; id++)
        byteset_add(&ids->set, &id, sizeof(id));
    ids->is_scattered = true;
}

static bool ids_add(struct ids *ids, const char *what, uint64_t id, struct err *err)
{
    if (id == 0)
        return err_set(err, ERR_FORMAT, "%s %zu: id 0 is reserved", what, ids->count);
    if (!ids->is_scattered && id != ids->count + 1)
        scatter(ids);
    if (ids->is_scattered) {
        byteset_add(&ids->set, &id, sizeof(id));
        if (ids->set.count == ids->count)
            return err_set(err, ERR_FORMAT, "%s: id %" PRIu64 " is there twice", what, id);
    }
    ids->count++;
    return true;
}

static bool ids_find(const struct ids *ids, const char *what, uint64_t id, uint32_t *index,
                     struct err *err)
{
    if (!ids->is_scattered && id - 1 < ids->count) {
        *index = (uint32_t)(id - 1);
        return true;
    }
    if (ids->is_scattered && byteset_find(&ids->set, &id, sizeof(id), index))
        return true;
    return err_set(err, ERR_FORMAT, "no %s has the id %" PRIu64 " that is referred to", what, id);
}

struct reader {
    const Pprof__Profile *wire;
    struct profile *profile;
    struct ids mappings, functions, locations;
    struct err *err;
};

static bool read_string(struct reader *r, int64_t index, const char **text)
{
    if (index < 0 || (uint64_t)index >= r->wire->n_string_table) {
        if (index == 0) {
            *text = profile_intern(r->profile, "");
            return true;
        }
        return err_set(r->err, ERR_FORMAT, "string %" PRId64 " of a table of %zu", index,
                       r->wire->n_string_table);
    }
    *text = profile_intern(r->profile, r->wire->string_table[index]);
    return true;
}

static bool read_value_type(struct reader *r, const Pprof__ValueType *wire,
                            struct profile_value_type *type)
{
    return read_string(r, wire->type, &type->type) && read_string(r, wire->unit, &type->unit);
}

static bool read_value_types(struct reader *r)
{
    struct profile_value_type type;

    for (size_t i = 0; i < r->wire->n_sample_type; i++) {
        if (!read_value_type(r, r->wire->sample_type[i], &type))
            return false;
        profile_add_value_type(r->profile, type.type, type.unit);
    }
    return !r->wire->period_type ||
           read_value_type(r, r->wire->period_type, &r->profile->period_type);
}

static bool read_mappings(struct reader *r)
{
    for (size_t i = 0; i < r->wire->n_mapping; i++) {
        const Pprof__Mapping *wire = r->wire->mapping[i];
        struct profile_mapping mapping = {
            .start_ip = wire->memory_start,
            .limit_ip = wire->memory_limit,
            .pgoff = wire->file_offset,
            .has_functions = wire->has_functions,
            .has_filenames = wire->has_filenames,
            .has_line_numbers = wire->has_line_numbers,
            .has_inline_frames = wire->has_inline_frames,
        };

        if (!ids_add(&r->mappings, "mapping", wire->id, r->err) ||
            !read_string(r, wire->filename, &mapping.file) ||
            !read_string(r, wire->build_id, &mapping.build_id))
            return false;
        if (mapping.limit_ip && mapping.limit_ip < mapping.start_ip)
            return err_set(r->err, ERR_FORMAT, "mapping %zu ends before it starts", i);
        profile_add_mapping(r->profile, &mapping);
    }
    return true;
}

static bool read_functions(struct reader *r)
{
    for (size_t i = 0; i < r->wire->n_function; i++) {
        const Pprof__Function *wire = r->wire->function[i];
        struct profile_function function = {.start_line = wire->start_line};

        if (!ids_add(&r->functions, "function", wire->id, r->err) ||
            !read_string(r, wire->name, &function.name) ||
            !read_string(r, wire->system_name, &function.system_name) ||
            !read_string(r, wire->filename, &function.file))
            return false;
        profile_add_function(r->profile, &function);
    }
    return true;
}

static bool read_lines(struct reader *r, const Pprof__Location *wire,
                       struct profile_location *location)
{
    if (wire->n_line > PPROF_MAX_INLINE_DEPTH)
        return err_set(r->err, ERR_LIMIT, "location %" PRIu64 ": %zu inlined frames, at most %d",
                       wire->id, wire->n_line, PPROF_MAX_INLINE_DEPTH);
    location->line_count = (uint32_t)wire->n_line;
    location->lines = arena_array(&r->profile->arena, wire->n_line, sizeof(*location->lines));
    for (size_t i = 0; i < wire->n_line; i++) {
        location->lines[i].line = wire->line[i]->line;
        if (!ids_find(&r->functions, "function", wire->line[i]->function_id,
                      &location->lines[i].function, r->err))
            return false;
    }
    return true;
}

static bool read_locations(struct reader *r)
{
    for (size_t i = 0; i < r->wire->n_location; i++) {
        const Pprof__Location *wire = r->wire->location[i];
        struct profile_location location = {.mapping = PROFILE_NONE, .ip = wire->address};

        if (!ids_add(&r->locations, "location", wire->id, r->err) ||
            (wire->mapping_id &&
             !ids_find(&r->mappings, "mapping", wire->mapping_id, &location.mapping, r->err)) ||
            !read_lines(r, wire, &location))
            return false;
        profile_add_location(r->profile, &location);
    }
    return true;
}

static bool read_labels(struct reader *r, const Pprof__Sample *wire, struct profile_sample *sample)
{
    sample->label_count = (uint32_t)wire->n_label;
    sample->labels = arena_array(&r->profile->arena, wire->n_label, sizeof(*sample->labels));
    for (size_t i = 0; i < wire->n_label; i++) {
        struct profile_label *label = &sample->labels[i];

        label->number = wire->label[i]->num;
        if (!read_string(r, wire->label[i]->key, &label->key) ||
            !read_string(r, wire->label[i]->str, &label->text) ||
            !read_string(r, wire->label[i]->num_unit, &label->unit))
            return false;
    }
    return true;
}

static bool read_sample(struct reader *r, const Pprof__Sample *wire, uint32_t *scratch)
{
    struct profile_sample *sample;

    if (wire->n_value == 0 || wire->n_value != r->profile->value_type_count)
        return err_set(r->err, ERR_FORMAT, "a sample with %zu values, expected %zu", wire->n_value,
                       r->profile->value_type_count);
    for (size_t i = 0; i < wire->n_location_id; i++)
        if (!ids_find(&r->locations, "location", wire->location_id[i], &scratch[i], r->err))
            return false;
    sample = profile_add_sample(r->profile, scratch, wire->n_location_id);
    memcpy(sample->values, wire->value, wire->n_value * sizeof(*sample->values));
    return read_labels(r, wire, sample);
}

static bool read_samples(struct reader *r)
{
    uint32_t *scratch = NULL;
    size_t capacity = 0;
    bool done = true;

    for (size_t i = 0; done && i < r->wire->n_sample; i++) {
        const Pprof__Sample *wire = r->wire->sample[i];

        if (wire->n_location_id > capacity)
            scratch = array_grow(scratch, &capacity, wire->n_location_id, sizeof(*scratch));
        done = read_sample(r, wire, scratch) || err_prepend(r->err, "sample %zu: ", i);
    }
    free(scratch);
    return done;
}

static bool read_rest(struct reader *r)
{
    const char *comment;

    r->profile->period = r->wire->period;
    r->profile->time_ns = r->wire->time_nanos;
    r->profile->duration_ns = r->wire->duration_nanos;
    for (size_t i = 0; i < r->wire->n_comment; i++) {
        if (!read_string(r, r->wire->comment[i], &comment))
            return false;
        profile_add_comment(r->profile, "%s", comment);
    }
    return read_string(r, r->wire->default_sample_type, &r->profile->default_type);
}

static struct profile *resolve(const Pprof__Profile *wire, struct err *err)
{
    struct reader r = {.wire = wire, .profile = profile_new(), .err = err};

    if (!read_value_types(&r) || !read_mappings(&r) || !read_functions(&r) || !read_locations(&r) ||
        !read_samples(&r) || !read_rest(&r)) {
        profile_free(r.profile);
        r.profile = NULL;
    }
    byteset_release(&r.mappings.set);
    byteset_release(&r.functions.set);
    byteset_release(&r.locations.set);
    return r.profile;
}

static struct profile *read_message(const void *data, size_t len, struct err *err)
{
    struct budget budget = {.left_bytes = UNPACK_MAX_BYTES};
    ProtobufCAllocator allocator = {budget_alloc, budget_free, &budget};
    Pprof__Profile *wire = pprof__profile__unpack(&allocator, len, data);
    struct profile *profile = NULL;

    if (wire)
        profile = resolve(wire, err);
    else
        err_set(err, ERR_FORMAT, "not a pprof profile, or truncated");
    arena_release(&budget.arena);
    return profile;
}

struct profile *pprof_read(const void *data, size_t len, struct err *err)
{
    struct strbuf content = {0};
    struct profile *profile = NULL;

    if (len == 0) {
        err_set(err, ERR_FORMAT, "the file is empty, expected a pprof profile");
        return NULL;
    }
    if (!gzip_is_likely(data, len))
        return read_message(data, len, err);
    if (gzip_decompress(data, len, PPROF_MAX_BYTES, &content, err))
        profile = read_message(strbuf_text(&content), content.len, err);
    strbuf_release(&content);
    return profile;
}
