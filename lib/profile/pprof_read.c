#include "profile/pprof.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "profile/gzip.h"
#include "profile/pprof_fields.h"
#include "profile/pprof_ids.h"
#include "profile/wire.h"

/*
 * A message of two bytes becomes a struct of up to a hundred: a bound on the file alone is none on
 * memory. A profile of a million stacks has a tenth of this.
 */
#define MAX_MESSAGES ((size_t)1 << 25)

struct text {
    struct wire bytes;
    const char *interned; /* NULL: nobody asked yet */
};

/*
 * Read from the wire by hand: protobuf-c would first make a message of every line, which was a
 * seventh of the time of a merge (docs/bench.md). It still writes.
 */
struct reader {
    struct wire spans[PPROF_FIELD_COUNT]; /* by field: from its first message to its last */
    uint64_t numbers[PPROF_FIELD_COUNT];  /* of the profile itself */
    struct profile *profile;
    struct text *texts; /* the string table */
    size_t text_count, text_capacity;
    struct pprof_ids mappings, functions, locations;
    size_t message_count;
    struct err *err;

    uint32_t *stack; /* scratch: of the sample or location that is being read */
    size_t stack_count, stack_capacity;
    int64_t *values;
    size_t value_count, value_capacity;
    struct profile_label *labels;
    size_t label_count, label_capacity;
    struct profile_line *lines;
    size_t line_count, line_capacity;
};

static bool check(const struct reader *r, const struct wire *message)
{
    return !message->is_damaged || err_set(r->err, ERR_FORMAT, "not a pprof profile, or truncated");
}

static bool count_message(struct reader *r)
{
    return ++r->message_count <= MAX_MESSAGES ||
           err_set(r->err, ERR_LIMIT, "more than %zu strings, samples, labels, locations, lines",
                   MAX_MESSAGES);
}

typedef bool message_reader(struct reader *r, struct wire message);

static bool find_spans(struct reader *r, struct wire message)
{
    struct wire_field field;

    for (const unsigned char *start = message.at; wire_next(&message, &field); start = message.at) {
        uint64_t number = field.key / WIRE_NUMBER(1);

        if (number >= PPROF_FIELD_COUNT)
            continue;
        if (field.key == WIRE_NUMBER(number))
            r->numbers[number] = field.number;
        if (!r->spans[number].at)
            r->spans[number].at = start;
        r->spans[number].end = message.at;
    }
    return check(r, &message);
}

/*
 * Reads all messages of one field. A pass for each kind: fields come in any order, and what is
 * referred to must be there first. Those of one kind mostly lie together.
 */
static bool each(struct reader *r, unsigned number, message_reader *read)
{
    struct wire message = r->spans[number];
    struct wire_field field;
    bool done = true;

    while (done && wire_next(&message, &field))
        if (field.key == WIRE_BYTES(number))
            done = count_message(r) && read(r, field.bytes);
    return done;
}

static bool read_text(struct reader *r, struct wire bytes)
{
    if (r->text_count == 0 && bytes.at != bytes.end)
        return err_set(r->err, ERR_FORMAT, "the first string is not the empty one");
    *ARRAY_PUSH(r->texts, r->text_count, r->text_capacity) = (struct text){.bytes = bytes};
    return true;
}

static bool find_text(struct reader *r, uint64_t index, const char **found)
{
    struct text *text;

    if (index == 0 && r->text_count == 0) {
        *found = profile_intern(r->profile, "");
        return true;
    }
    if (index >= r->text_count)
        return err_set(r->err, ERR_FORMAT, "string %" PRId64 " of a table of %zu", (int64_t)index,
                       r->text_count);
    text = &r->texts[index];
    if (!text->interned)
        text->interned = profile_intern_bytes(r->profile, text->bytes.at,
                                              (size_t)(text->bytes.end - text->bytes.at));
    *found = text->interned;
    return true;
}

/*
 * The numbers of a message, by field; of a field that is there twice the last. One field of bytes
 * may go to a reader of its own.
 */
static bool read_fields(struct reader *r, struct wire message, uint64_t numbers[PPROF_FIELD_COUNT],
                        uint64_t inner_key, message_reader *inner)
{
    struct wire_field field;
    bool done = true;

    while (done && wire_next(&message, &field)) {
        if (field.key < WIRE_NUMBER(PPROF_FIELD_COUNT) && field.key % WIRE_NUMBER(1) == 0)
            numbers[field.key / WIRE_NUMBER(1)] = field.number;
        else if (field.key == inner_key)
            done = count_message(r) && inner(r, field.bytes);
    }
    return done && check(r, &message);
}

static bool read_value_type(struct reader *r, struct wire message, struct profile_value_type *type)
{
    uint64_t numbers[PPROF_FIELD_COUNT] = {0};

    return read_fields(r, message, numbers, 0, NULL) &&
           find_text(r, numbers[VALUE_TYPE_TYPE], &type->type) &&
           find_text(r, numbers[VALUE_TYPE_UNIT], &type->unit);
}

static bool read_sample_type(struct reader *r, struct wire message)
{
    struct profile_value_type type;

    if (!read_value_type(r, message, &type))
        return false;
    profile_add_value_type(r->profile, type.type, type.unit);
    return true;
}

static bool read_period_type(struct reader *r, struct wire message)
{
    return read_value_type(r, message, &r->profile->period_type);
}

static bool read_mapping(struct reader *r, struct wire message)
{
    uint64_t numbers[PPROF_FIELD_COUNT] = {0};
    struct profile_mapping mapping;

    if (!read_fields(r, message, numbers, 0, NULL))
        return false;
    mapping = (struct profile_mapping){
        .start_ip = numbers[MAPPING_START],
        .limit_ip = numbers[MAPPING_LIMIT],
        .pgoff = numbers[MAPPING_OFFSET],
        .has_functions = numbers[MAPPING_HAS_FUNCTIONS],
        .has_filenames = numbers[MAPPING_HAS_FILENAMES],
        .has_line_numbers = numbers[MAPPING_HAS_LINE_NUMBERS],
        .has_inline_frames = numbers[MAPPING_HAS_INLINE_FRAMES],
    };
    if (!pprof_ids_add(&r->mappings, "mapping", numbers[MAPPING_ID], r->err) ||
        !find_text(r, numbers[MAPPING_FILE], &mapping.file) ||
        !find_text(r, numbers[MAPPING_BUILD_ID], &mapping.build_id))
        return false;
    if (mapping.limit_ip && mapping.limit_ip < mapping.start_ip)
        return err_set(r->err, ERR_FORMAT, "mapping %zu ends before it starts",
                       r->profile->mapping_count);
    profile_add_mapping(r->profile, &mapping);
    return true;
}

static bool read_function(struct reader *r, struct wire message)
{
    uint64_t numbers[PPROF_FIELD_COUNT] = {0};
    struct profile_function function;

    if (!read_fields(r, message, numbers, 0, NULL) ||
        !pprof_ids_add(&r->functions, "function", numbers[FUNCTION_ID], r->err) ||
        !find_text(r, numbers[FUNCTION_NAME], &function.name) ||
        !find_text(r, numbers[FUNCTION_SYSTEM_NAME], &function.system_name) ||
        !find_text(r, numbers[FUNCTION_FILE], &function.file))
        return false;
    function.start_line = (int64_t)numbers[FUNCTION_START_LINE];
    profile_add_function(r->profile, &function);
    return true;
}

static bool read_line(struct reader *r, struct wire message)
{
    uint64_t numbers[PPROF_FIELD_COUNT] = {0};
    struct profile_line *line = ARRAY_PUSH(r->lines, r->line_count, r->line_capacity);

    if (!read_fields(r, message, numbers, 0, NULL))
        return false;
    line->line = (int64_t)numbers[LINE_LINE];
    return pprof_ids_find(&r->functions, "function", numbers[LINE_FUNCTION], &line->function,
                          r->err);
}

static bool read_location(struct reader *r, struct wire message)
{
    uint64_t numbers[PPROF_FIELD_COUNT] = {0}, mapping;
    struct profile_location location = {.mapping = PROFILE_NONE};

    r->line_count = 0;
    if (!read_fields(r, message, numbers, WIRE_BYTES(LOCATION_LINES), read_line) ||
        !pprof_ids_add(&r->locations, "location", numbers[LOCATION_ID], r->err))
        return false;
    mapping = numbers[LOCATION_MAPPING];
    if (mapping && !pprof_ids_find(&r->mappings, "mapping", mapping, &location.mapping, r->err))
        return false;
    if (r->line_count > PPROF_MAX_INLINE_DEPTH)
        return err_set(r->err, ERR_LIMIT, "location %" PRIu64 ": %zu inlined frames, at most %d",
                       numbers[LOCATION_ID], r->line_count, PPROF_MAX_INLINE_DEPTH);
    location.ip = numbers[LOCATION_ADDRESS];
    location.line_count = (uint32_t)r->line_count;
    location.lines = arena_memdup(&r->profile->arena, r->lines, r->line_count * sizeof(*r->lines));
    profile_add_location(r->profile, &location);
    return true;
}

static bool read_label(struct reader *r, struct wire message)
{
    uint64_t numbers[PPROF_FIELD_COUNT] = {0};
    struct profile_label *label = ARRAY_PUSH(r->labels, r->label_count, r->label_capacity);

    if (!read_fields(r, message, numbers, 0, NULL))
        return false;
    label->number = (int64_t)numbers[LABEL_NUMBER];
    return find_text(r, numbers[LABEL_KEY], &label->key) &&
           find_text(r, numbers[LABEL_TEXT], &label->text) &&
           find_text(r, numbers[LABEL_UNIT], &label->unit);
}

static bool push_frame(struct reader *r, uint64_t id)
{
    uint32_t *index = ARRAY_PUSH(r->stack, r->stack_count, r->stack_capacity);

    return pprof_ids_find(&r->locations, "location", id, index, r->err);
}

static bool push_value(struct reader *r, uint64_t value)
{
    *ARRAY_PUSH(r->values, r->value_count, r->value_capacity) = (int64_t)value;
    return true;
}

static bool push_comment(struct reader *r, uint64_t index)
{
    const char *comment;

    if (!count_message(r) || !find_text(r, index, &comment))
        return false;
    profile_add_comment(r->profile, "%s", comment);
    return true;
}

/* Inline: `push` is a constant, and a frame should cost no call through a pointer. */
static inline bool read_packed(struct reader *r, struct wire packed,
                               bool (*push)(struct reader *r, uint64_t number))
{
    uint64_t number;

    while (wire_packed(&packed, &number))
        if (!push(r, number))
            return false;
    return check(r, &packed);
}

static bool read_sample_field(struct reader *r, const struct wire_field *field)
{
    switch (field->key) {
    case WIRE_NUMBER(SAMPLE_LOCATIONS):
        return push_frame(r, field->number);
    case WIRE_BYTES(SAMPLE_LOCATIONS):
        return read_packed(r, field->bytes, push_frame);
    case WIRE_NUMBER(SAMPLE_VALUES):
        return push_value(r, field->number);
    case WIRE_BYTES(SAMPLE_VALUES):
        return read_packed(r, field->bytes, push_value);
    case WIRE_BYTES(SAMPLE_LABELS):
        return count_message(r) && read_label(r, field->bytes);
    default:
        return true;
    }
}

static bool add_sample(struct reader *r)
{
    struct profile_sample *sample;

    if (r->value_count == 0 || r->value_count != r->profile->value_type_count)
        return err_set(r->err, ERR_FORMAT, "a sample with %zu values, expected %zu", r->value_count,
                       r->profile->value_type_count);
    sample = profile_add_sample(r->profile, r->stack, r->stack_count);
    memcpy(sample->values, r->values, r->value_count * sizeof(*r->values));
    sample->label_count = (uint32_t)r->label_count;
    sample->labels =
        arena_memdup(&r->profile->arena, r->labels, r->label_count * sizeof(*r->labels));
    return true;
}

static bool read_sample(struct reader *r, struct wire message)
{
    struct wire_field field;
    bool done = true;

    r->stack_count = r->value_count = r->label_count = 0;
    while (done && wire_next(&message, &field))
        done = read_sample_field(r, &field);
    return (done && check(r, &message) && add_sample(r)) ||
           err_prepend(r->err, "sample %zu: ", r->profile->sample_count);
}

/* One by one, or packed. */
static bool read_comments(struct reader *r)
{
    struct wire message = r->spans[PROFILE_COMMENTS];
    struct wire_field field;
    bool done = true;

    while (done && wire_next(&message, &field))
        if (field.key == WIRE_NUMBER(PROFILE_COMMENTS))
            done = push_comment(r, field.number);
        else if (field.key == WIRE_BYTES(PROFILE_COMMENTS))
            done = read_packed(r, field.bytes, push_comment);
    return done;
}

static bool read_head(struct reader *r)
{
    struct profile *profile = r->profile;

    profile->time_ns = (int64_t)r->numbers[PROFILE_TIME];
    profile->duration_ns = (int64_t)r->numbers[PROFILE_DURATION];
    profile->period = (int64_t)r->numbers[PROFILE_PERIOD];
    return read_comments(r) &&
           find_text(r, r->numbers[PROFILE_DEFAULT_TYPE], &profile->default_type);
}

static void release(struct reader *r)
{
    pprof_ids_release(&r->mappings);
    pprof_ids_release(&r->functions);
    pprof_ids_release(&r->locations);
    free(r->texts);
    free(r->stack);
    free(r->values);
    free(r->labels);
    free(r->lines);
}

static struct profile *read_message(const void *data, size_t len, struct err *err)
{
    const unsigned char *bytes = data;
    struct reader r = {.profile = profile_new(), .err = err};
    struct profile *profile = r.profile;

    if (!find_spans(&r, (struct wire){.at = bytes, .end = bytes + len}) ||
        !each(&r, PROFILE_STRINGS, read_text) ||
        !each(&r, PROFILE_SAMPLE_TYPES, read_sample_type) ||
        !each(&r, PROFILE_PERIOD_TYPE, read_period_type) ||
        !each(&r, PROFILE_MAPPINGS, read_mapping) || !each(&r, PROFILE_FUNCTIONS, read_function) ||
        !each(&r, PROFILE_LOCATIONS, read_location) || !each(&r, PROFILE_SAMPLES, read_sample) ||
        !read_head(&r)) {
        profile_free(profile);
        profile = NULL;
    }
    release(&r);
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
