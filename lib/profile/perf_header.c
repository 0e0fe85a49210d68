#include "profile/perf_header.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "profile/perf_cursor.h"
#include "profile/perf_event.h"
#include "profile/perf_feature.h"

/*
 * The file:  "PERFILE2" | u64 header bytes, here 104 | u64 bytes of an attribute's entry |
 *            section attributes | section records | section event types | u64 features[4]
 * The pipe:  "PERFILE2" | u64 header bytes, here 16; then records alone
 * section:   u64 offset in the file | u64 bytes
 * The first perf wrote "PERFFILE". A swapped magic means the other byte order. After the records
 * there is a section for each bit in features, in order.
 */
#define MAGIC_BYTES       8
#define PIPE_HEADER_BYTES 16
#define FEATURE_BITS      256

/* struct perf_event_attr was published with 64 bytes and has grown since. */
#define OLDEST_ATTR_BYTES 64

struct section {
    uint64_t off, len;
};

static bool read_magic(const void *data, size_t len, bool *is_swapped)
{
    static const char *const magics[] = {"PERFILE2", "PERFFILE", "2ELIFREP", "ELIFFREP"};

    for (size_t i = 0; len >= MAGIC_BYTES && i < ARRAY_SIZE(magics); i++)
        if (memcmp(data, magics[i], MAGIC_BYTES) == 0) {
            *is_swapped = i >= 2;
            return true;
        }
    return false;
}

bool perf_data_is(const void *data, size_t len)
{
    bool is_swapped;

    return read_magic(data, len, &is_swapped);
}

static struct section take_section(struct perf_cursor *cursor)
{
    struct section section;

    section.off = perf_cursor_u64(cursor);
    section.len = perf_cursor_u64(cursor);
    return section;
}

static bool open_section(const struct perf_cursor *file, struct section section,
                         struct perf_cursor *out)
{
    if (section.off > file->left_bytes || section.len > file->left_bytes - section.off)
        return false;
    *out = (struct perf_cursor){.next = file->next + section.off,
                                .left_bytes = (size_t)section.len,
                                .is_swapped = file->is_swapped};
    return true;
}

/*
 * The flags of an attribute are a C bit-field of u64: flag N is bit N of a little-endian machine's
 * number, and bit 63 - N of a big-endian one's.
 */
static bool has_flag(const unsigned char *flags, unsigned flag, bool is_swapped)
{
    bool is_little = (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) != is_swapped;

    return flags[flag / 8] >> (is_little ? flag % 8 : 7 - flag % 8) & 1;
}

/*
 * u32 type | u32 bytes | u64 config | u64 period or frequency | u64 sample_type | u64 read_format |
 * u64 flags | u32, u32, u64, u64 | u64 branch_sample_type (from 80 bytes on) |
 * u64 sample_regs_user (from 96 bytes on) | ...
 */
static void take_attr(struct perf_cursor *attr, struct perf_data_event *event)
{
    const unsigned char *flags;
    enum { FLAG_FREQUENCY = 10, FLAG_SAMPLE_ID_ALL = 18 };

    *event = (struct perf_data_event){.name = ""};
    event->type = perf_cursor_u32(attr);
    perf_cursor_u32(attr);
    event->config = perf_cursor_u64(attr);
    event->period = perf_cursor_u64(attr);
    event->layout.sample_type = perf_cursor_u64(attr);
    event->layout.read_format = perf_cursor_u64(attr);
    flags = perf_cursor_take(attr, 8);
    perf_cursor_take(attr, 24);
    event->layout.is_swapped = attr->is_swapped;
    event->is_frequency = flags && has_flag(flags, FLAG_FREQUENCY, attr->is_swapped);
    event->layout.sample_id_all = flags && has_flag(flags, FLAG_SAMPLE_ID_ALL, attr->is_swapped);
    if (!attr->failed && attr->left_bytes >= 8)
        event->layout.branch_sample_type = perf_cursor_u64(attr);
    if (!attr->failed && attr->left_bytes >= 8)
        event->layout.sample_regs_user = perf_cursor_u64(attr);
}

static void add_ids(struct perf_header *header, struct perf_cursor *ids, size_t count,
                    uint32_t event)
{
    for (size_t i = 0; i < count; i++)
        *ARRAY_PUSH(header->ids, header->id_count, header->id_capacity) =
            (struct perf_header_id){perf_cursor_u64(ids), event};
}

/* An attribute of `len` bytes, then its ids: all of the cursor. */
static bool add_event(struct perf_header *header, struct perf_cursor *attr, struct perf_cursor *ids,
                      struct err *err)
{
    struct perf_data_event event;

    if (attr->left_bytes < OLDEST_ATTR_BYTES)
        return err_set(err, ERR_FORMAT, "event attribute: %zu bytes, expected at least %d",
                       attr->left_bytes, OLDEST_ATTR_BYTES);
    take_attr(attr, &event);
    add_ids(header, ids, ids->left_bytes / 8, (uint32_t)header->event_count);
    *ARRAY_PUSH(header->events, header->event_count, header->event_capacity) = event;
    return true;
}

/* Each entry: attribute | section of its ids. */
static bool read_attrs(struct perf_header *header, const struct perf_cursor *file,
                       struct section attrs, uint64_t entry_bytes, struct err *err)
{
    struct perf_cursor entries, ids;

    if (!open_section(file, attrs, &entries))
        return err_set(err, ERR_FORMAT, "the file's %zu bytes end before its event attributes",
                       file->left_bytes);
    if (entry_bytes < OLDEST_ATTR_BYTES + sizeof(struct section) ||
        entry_bytes > entries.left_bytes)
        return err_set(err, ERR_FORMAT,
                       "event attributes: entries of %" PRIu64 " bytes, expected %zu to %zu",
                       entry_bytes, OLDEST_ATTR_BYTES + sizeof(struct section), entries.left_bytes);
    while (entries.left_bytes >= entry_bytes) {
        struct perf_cursor attr = entries;

        attr.left_bytes = (size_t)entry_bytes - sizeof(struct section);
        perf_cursor_take(&entries, attr.left_bytes);
        if (!open_section(file, take_section(&entries), &ids))
            return err_set(err, ERR_FORMAT, "the ids of event %zu lie outside the file's %zu bytes",
                           header->event_count, file->left_bytes);
        if (!add_event(header, &attr, &ids, err))
            return false;
    }
    return true;
}

/* A recording that was killed has no features yet: nothing here is an error. */
static void read_features(struct perf_header *header, const struct perf_cursor *file,
                          const uint64_t *features)
{
    struct section table = {header->records_off + header->records_len, 0};
    struct perf_cursor entries, section;

    if (table.off > file->left_bytes)
        return;
    table.len = file->left_bytes - table.off;
    if (!open_section(file, table, &entries))
        return;
    for (unsigned bit = 0; bit < FEATURE_BITS; bit++)
        if (features[bit / 64] >> bit % 64 & 1 &&
            open_section(file, take_section(&entries), &section))
            perf_feature_read(header, bit, section);
}

/* The length of a recording that was killed is still 0: then the records are all that follows. */
static void set_records(struct perf_header *header, const struct perf_cursor *file,
                        struct section records)
{
    size_t rest = file->left_bytes - (size_t)records.off;

    header->records_off = (size_t)records.off;
    header->records_len = records.len && records.len < rest ? (size_t)records.len : rest;
    header->is_cut = records.len > rest;
}

static bool read_file_form(struct perf_header *header, const struct perf_cursor *file,
                           struct perf_cursor cursor, struct err *err)
{
    uint64_t entry_bytes = perf_cursor_u64(&cursor), features[FEATURE_BITS / 64] = {0};
    struct section attrs = take_section(&cursor), records = take_section(&cursor);

    take_section(&cursor);
    if (cursor.failed)
        return err_set(err, ERR_FORMAT, "the file's %zu bytes end within its header",
                       file->left_bytes);
    for (size_t i = 0; i < ARRAY_SIZE(features) && cursor.left_bytes >= 8; i++)
        features[i] = perf_cursor_u64(&cursor); /* the first perf had none */
    if (records.off > file->left_bytes)
        return err_set(err, ERR_FORMAT, "records at byte %" PRIu64 " of a file of %zu bytes",
                       records.off, file->left_bytes);
    set_records(header, file, records);
    if (!read_attrs(header, file, attrs, entry_bytes, err))
        return false;
    read_features(header, file, features);
    return true;
}

size_t perf_header_span(const void *record, size_t len, bool is_swapped)
{
    struct perf_cursor cursor = {.next = record, .left_bytes = len, .is_swapped = is_swapped};
    struct perf_cursor_header header = perf_cursor_header(&cursor);
    uint64_t span = header.size_bytes;

    if (cursor.failed || span < PERF_CURSOR_HEADER_BYTES)
        return 0;
    if (header.type == PERF_HEADER_TRACING_DATA) /* u32 bytes that follow, padded to 8 */
        span += ((uint64_t)perf_cursor_u32(&cursor) + 7) & ~(uint64_t)7;
    else if (header.type == PERF_HEADER_AUXTRACE && /* u64 bytes that follow */
             __builtin_add_overflow(span, perf_cursor_u64(&cursor), &span))
        return 0;
    return cursor.failed || span > len ? 0 : (size_t)span;
}

/* attribute, with its length in it | u64 ids[] */
static bool read_attr_record(struct perf_header *header, struct perf_cursor record, struct err *err)
{
    struct perf_cursor peek = record, ids = record;
    uint32_t attr_bytes;

    perf_cursor_u32(&peek);
    attr_bytes = perf_cursor_u32(&peek);
    if (!perf_cursor_take(&ids, attr_bytes))
        return err_set(err, ERR_FORMAT, "event attribute: %u bytes in a record of %zu", attr_bytes,
                       record.left_bytes);
    record.left_bytes = attr_bytes;
    return add_event(header, &record, &ids, err);
}

static bool read_pipe_record(struct perf_header *header, struct perf_cursor record, struct err *err)
{
    struct perf_cursor_header found = perf_cursor_header(&record);
    uint64_t feature;

    record.left_bytes = found.size_bytes - PERF_CURSOR_HEADER_BYTES;
    if (found.type == PERF_HEADER_ATTR)
        return read_attr_record(header, record, err);
    if (found.type == PERF_HEADER_BUILD_ID)
        perf_feature_add_build_id(header, record, found.misc);
    if (found.type == PERF_HEADER_FEATURE) {
        feature = perf_cursor_u64(&record);
        if (!record.failed)
            perf_feature_read(header, feature, record);
    }
    return true;
}

/* From record to record by their sizes, up to the end or to where the file was cut. */
static bool read_pipe_form(struct perf_header *header, const struct perf_cursor *file,
                           struct err *err)
{
    struct perf_cursor cursor = *file;
    size_t span, unwatched_bytes = 0;

    header->is_pipe = true;
    header->records_off = PIPE_HEADER_BYTES;
    header->records_len = file->left_bytes - PIPE_HEADER_BYTES;
    perf_cursor_take(&cursor, PIPE_HEADER_BYTES);
    while ((span = perf_header_span(cursor.next, cursor.left_bytes, file->is_swapped)) > 0) {
        if (!read_pipe_record(header, cursor, err))
            return err_prepend(err, "byte %zu: ", file->left_bytes - cursor.left_bytes);
        perf_cursor_take(&cursor, span);
        unwatched_bytes += span;
        if (header->watch && unwatched_bytes >= PERF_DATA_WATCH_BYTES) {
            unwatched_bytes = 0;
            header->watch->looked_at(header->watch->context, file->left_bytes - cursor.left_bytes);
        }
    }
    return true;
}

static int compare_ids(const void *left, const void *right)
{
    const struct perf_header_id *a = left, *b = right;

    if (a->id != b->id)
        return a->id < b->id ? -1 : 1;
    return a->event < b->event ? -1 : a->event > b->event;
}

static void name_event(struct perf_data_event *event)
{
    if (!event->name[0])
        event->name = perf_event_name(event->type, event->config);
}

bool perf_header_read(struct perf_header *header, const void *data, size_t len, struct err *err)
{
    struct perf_cursor file = {.next = data, .left_bytes = len}, cursor;
    uint64_t header_bytes;

    header->origin = (struct perf_data_origin){"", "", ""};
    if (!read_magic(data, len, &header->is_swapped))
        return err_set(err, ERR_FORMAT, "not a perf.data file: it does not begin with PERFILE2");
    file.is_swapped = header->is_swapped;
    cursor = file;
    perf_cursor_take(&cursor, MAGIC_BYTES);
    header_bytes = perf_cursor_u64(&cursor);
    if (cursor.failed || header_bytes < PIPE_HEADER_BYTES || header_bytes > len)
        return err_set(err, ERR_FORMAT, "a header of %" PRIu64 " bytes in a file of %zu",
                       header_bytes, len);
    cursor.left_bytes = (size_t)header_bytes - PIPE_HEADER_BYTES;
    if (header_bytes == PIPE_HEADER_BYTES ? !read_pipe_form(header, &file, err)
                                          : !read_file_form(header, &file, cursor, err))
        return false;
    if (!header->event_count)
        return err_set(err, ERR_FORMAT, "no event attribute before byte %zu", len);
    for (size_t i = 0; i < header->event_count; i++)
        name_event(&header->events[i]);
    if (header->id_count)
        qsort(header->ids, header->id_count, sizeof(*header->ids), compare_ids);
    return true;
}

bool perf_header_find_event(const struct perf_header *header, uint64_t id, uint32_t *event)
{
    size_t low = 0, high = header->id_count;

    while (low < high) { /* the first id that is not smaller */
        size_t middle = low + (high - low) / 2;

        if (header->ids[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == header->id_count || header->ids[low].id != id)
        return false;
    *event = header->ids[low].event;
    return true;
}

void perf_header_release(struct perf_header *header)
{
    free(header->events);
    free(header->ids);
    free(header->build_ids);
    byteset_release(&header->files);
    *header = (struct perf_header){0};
}
