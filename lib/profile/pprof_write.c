#include "profile/pprof.h"

#include "profile/gzip.h"
#include "pprof.pb-c.h"

/*
 * Builds the wire messages in one arena, packs them, frees the arena. Ids are index + 1. The
 * string table is the set of the strings in use, in order of first use, "" first.
 */
struct writer {
    const struct profile *profile;
    struct arena arena;
    struct byteset strings;
    Pprof__Profile wire;
};

static int64_t string_index(struct writer *w, const char *text)
{
    return byteset_add_text(&w->strings, text ? text : "");
}

/* An array of pointers to `count` zeroed messages, as protobuf-c wants repeated fields. */
#define NEW_MESSAGES(w, count, type, init)                                                         \
    ({                                                                                             \
        type **messages_ = arena_array(&(w)->arena, (count), sizeof(type *));                      \
        type *bodies_ = arena_array(&(w)->arena, (count), sizeof(type));                           \
        for (size_t i_ = 0; i_ < (count); i_++) {                                                  \
            init(&bodies_[i_]);                                                                    \
            messages_[i_] = &bodies_[i_];                                                          \
        }                                                                                          \
        messages_;                                                                                 \
    })

static void set_value_type(struct writer *w, Pprof__ValueType *wire,
                           const struct profile_value_type *type)
{
    wire->type = string_index(w, type->type);
    wire->unit = string_index(w, type->unit);
}

static void add_value_types(struct writer *w)
{
    const struct profile *p = w->profile;

    w->wire.n_sample_type = p->value_type_count;
    w->wire.sample_type =
        NEW_MESSAGES(w, p->value_type_count, Pprof__ValueType, pprof__value_type__init);
    for (size_t i = 0; i < p->value_type_count; i++)
        set_value_type(w, w->wire.sample_type[i], &p->value_types[i]);
    w->wire.period_type = *NEW_MESSAGES(w, 1, Pprof__ValueType, pprof__value_type__init);
    set_value_type(w, w->wire.period_type, &p->period_type);
}

static void add_mappings(struct writer *w)
{
    const struct profile *p = w->profile;

    w->wire.n_mapping = p->mapping_count;
    w->wire.mapping = NEW_MESSAGES(w, p->mapping_count, Pprof__Mapping, pprof__mapping__init);
    for (size_t i = 0; i < p->mapping_count; i++) {
        Pprof__Mapping *wire = w->wire.mapping[i];

        wire->id = i + 1;
        wire->memory_start = p->mappings[i].start_ip;
        wire->memory_limit = p->mappings[i].limit_ip;
        wire->file_offset = p->mappings[i].pgoff;
        wire->filename = string_index(w, p->mappings[i].file);
        wire->build_id = string_index(w, p->mappings[i].build_id);
        wire->has_functions = p->mappings[i].has_functions;
        wire->has_filenames = p->mappings[i].has_filenames;
        wire->has_line_numbers = p->mappings[i].has_line_numbers;
        wire->has_inline_frames = p->mappings[i].has_inline_frames;
    }
}

static void add_functions(struct writer *w)
{
    const struct profile *p = w->profile;

    w->wire.n_function = p->function_count;
    w->wire.function = NEW_MESSAGES(w, p->function_count, Pprof__Function, pprof__function__init);
    for (size_t i = 0; i < p->function_count; i++) {
        Pprof__Function *wire = w->wire.function[i];

        wire->id = i + 1;
        wire->name = string_index(w, p->functions[i].name);
        wire->system_name = string_index(w, p->functions[i].system_name);
        wire->filename = string_index(w, p->functions[i].file);
        wire->start_line = p->functions[i].start_line;
    }
}

static void add_lines(struct writer *w, const struct profile_location *location,
                      Pprof__Location *wire)
{
    wire->n_line = location->line_count;
    wire->line = NEW_MESSAGES(w, location->line_count, Pprof__Line, pprof__line__init);
    for (uint32_t i = 0; i < location->line_count; i++) {
        wire->line[i]->function_id = location->lines[i].function + 1;
        wire->line[i]->line = location->lines[i].line;
    }
}

static void add_locations(struct writer *w)
{
    const struct profile *p = w->profile;

    w->wire.n_location = p->location_count;
    w->wire.location = NEW_MESSAGES(w, p->location_count, Pprof__Location, pprof__location__init);
    for (size_t i = 0; i < p->location_count; i++) {
        Pprof__Location *wire = w->wire.location[i];
        uint32_t mapping = p->locations[i].mapping;

        wire->id = i + 1;
        wire->mapping_id = mapping == PROFILE_NONE ? 0 : mapping + 1;
        wire->address = p->locations[i].ip;
        add_lines(w, &p->locations[i], wire);
    }
}

static void add_labels(struct writer *w, const struct profile_sample *sample, Pprof__Sample *wire)
{
    wire->n_label = sample->label_count;
    wire->label = NEW_MESSAGES(w, sample->label_count, Pprof__Label, pprof__label__init);
    for (uint32_t i = 0; i < sample->label_count; i++) {
        wire->label[i]->key = string_index(w, sample->labels[i].key);
        wire->label[i]->str = string_index(w, sample->labels[i].text);
        wire->label[i]->num = sample->labels[i].number;
        wire->label[i]->num_unit = string_index(w, sample->labels[i].unit);
    }
}

static void add_samples(struct writer *w)
{
    const struct profile *p = w->profile;

    w->wire.n_sample = p->sample_count;
    w->wire.sample = NEW_MESSAGES(w, p->sample_count, Pprof__Sample, pprof__sample__init);
    for (size_t i = 0; i < p->sample_count; i++) {
        const struct profile_sample *sample = &p->samples[i];
        Pprof__Sample *wire = w->wire.sample[i];

        wire->n_location_id = sample->location_count;
        wire->location_id =
            arena_array(&w->arena, sample->location_count, sizeof(*wire->location_id));
        for (uint32_t j = 0; j < sample->location_count; j++)
            wire->location_id[j] = (uint64_t)sample->locations[j] + 1;
        wire->n_value = p->value_type_count;
        wire->value = sample->values;
        add_labels(w, sample, wire);
    }
}

static void add_rest(struct writer *w)
{
    const struct profile *p = w->profile;

    w->wire.period = p->period;
    w->wire.time_nanos = p->time_ns;
    w->wire.duration_nanos = p->duration_ns;
    w->wire.default_sample_type = string_index(w, p->default_type);
    w->wire.n_comment = p->comment_count;
    w->wire.comment = arena_array(&w->arena, p->comment_count, sizeof(*w->wire.comment));
    for (size_t i = 0; i < p->comment_count; i++)
        w->wire.comment[i] = string_index(w, p->comments[i]);
}

static void add_string_table(struct writer *w)
{
    w->wire.n_string_table = w->strings.count;
    w->wire.string_table = arena_array(&w->arena, w->strings.count, sizeof(*w->wire.string_table));
    for (size_t i = 0; i < w->strings.count; i++)
        w->wire.string_table[i] = (char *)byteset_at(&w->strings, (uint32_t)i, NULL);
}

void pprof_write(const struct profile *profile, struct strbuf *out)
{
    struct writer w = {.profile = profile};
    struct strbuf packed = {0};
    size_t size;

    pprof__profile__init(&w.wire);
    string_index(&w, "");
    add_value_types(&w);
    add_mappings(&w);
    add_functions(&w);
    add_locations(&w);
    add_samples(&w);
    add_rest(&w);
    add_string_table(&w);

    size = pprof__profile__get_packed_size(&w.wire);
    pprof__profile__pack(&w.wire, (uint8_t *)strbuf_reserve(&packed, size));
    packed.len = size;
    gzip_compress(packed.data, packed.len, out);
    strbuf_release(&packed);
    arena_release(&w.arena);
    byteset_release(&w.strings);
}
