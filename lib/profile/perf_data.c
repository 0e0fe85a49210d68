#include "profile/perf_data.h"

#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "profile/perf_cursor.h"
#include "profile/perf_header.h"
#include "profile/perf_order.h"
#include "profile/perf_zstd.h"

/* What compressed records held. It is kept until all of its records have been given out. */
struct perf_chunk {
    struct strbuf bytes;
    size_t waiting_count; /* records that the order still holds */
};

/* Where the id stands by which records of several events are told apart, if there are several. */
struct id_place {
    bool is_needed;
    size_t sample_off; /* in bytes, from the start of a sample */
    size_t end_off;    /* from the end of another record, to where the id starts */
};

struct perf_data {
    struct perf_header header;
    struct id_place id_place;
    const unsigned char *bytes;
    size_t next_off, end_off; /* of the records in the file */
    struct perf_chunk *chunk; /* is read before the file goes on; NULL: none */
    size_t chunk_off;         /* of its next record */
    struct perf_zstd *zstd;   /* NULL before the first compressed record */
    size_t waiting_bytes;     /* of all chunks */
    struct perf_order order;
    const struct perf_data_watch *watch; /* NULL: none */
    size_t unwatched_bytes;              /* read since it was called */
    struct perf_chunk *given; /* where the record lies that was given out last; NULL: in the file */
    bool is_ended;
};

/*
 * perf gives all events of a file the same place for the id, or begins samples and ends other
 * records with it (PERF_SAMPLE_IDENTIFIER).
 */
static struct id_place find_id_place(uint64_t sample_type)
{
    static const uint64_t before[] = {PERF_SAMPLE_IP, PERF_SAMPLE_TID, PERF_SAMPLE_TIME,
                                      PERF_SAMPLE_ADDR};
    struct id_place place = {true, PERF_CURSOR_HEADER_BYTES, 8};

    if (sample_type & PERF_SAMPLE_IDENTIFIER)
        return place;
    for (size_t i = 0; i < ARRAY_SIZE(before); i++)
        place.sample_off += sample_type & before[i] ? 8 : 0;
    place.end_off += sample_type & PERF_SAMPLE_STREAM_ID ? 8 : 0;
    place.end_off += sample_type & PERF_SAMPLE_CPU ? 8 : 0;
    return place;
}

static bool is_same_layout(const struct perf_record_layout *a, const struct perf_record_layout *b)
{
    return a->sample_type == b->sample_type && a->read_format == b->read_format &&
           a->branch_sample_type == b->branch_sample_type &&
           a->sample_regs_user == b->sample_regs_user && a->sample_id_all == b->sample_id_all;
}

/* Without ids, events that are laid out alike can still be read, all as the first one. */
static bool set_id_place(struct perf_data *data, struct err *err)
{
    const struct perf_header *header = &data->header;
    const struct perf_record_layout *first = &header->events[0].layout;
    struct id_place place = find_id_place(first->sample_type);
    bool is_alike = true, has_ids = true;

    for (size_t i = 0; i < header->event_count; i++) {
        const struct perf_record_layout *layout = &header->events[i].layout;
        struct id_place other = find_id_place(layout->sample_type);

        is_alike = is_alike && is_same_layout(first, layout);
        has_ids = has_ids && layout->sample_type & (PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_ID) &&
                  other.sample_off == place.sample_off && other.end_off == place.end_off;
    }
    if (!has_ids && !is_alike)
        return err_set(err, ERR_UNSUPPORTED,
                       "%zu events with different fields, and records do not say of which they are",
                       header->event_count);
    place.is_needed = has_ids && header->event_count > 1;
    data->id_place = place;
    return true;
}

struct perf_data *perf_data_open(const void *bytes, size_t len, const struct perf_data_watch *watch,
                                 struct err *err)
{
    struct perf_data *data = mem_alloc(sizeof(*data));

    data->bytes = bytes;
    data->watch = watch;
    data->header.watch = watch;
    if (!perf_header_read(&data->header, bytes, len, err) || !set_id_place(data, err)) {
        perf_data_close(data);
        return NULL;
    }
    data->next_off = data->header.records_off;
    data->end_off = data->next_off + data->header.records_len;
    return data;
}

/* When neither the order nor the reader nor the caller needs it any more. */
static void drop_chunk(struct perf_data *data, struct perf_chunk *chunk)
{
    if (!chunk || chunk->waiting_count || chunk == data->chunk || chunk == data->given)
        return;
    data->waiting_bytes -= chunk->bytes.len;
    strbuf_release(&chunk->bytes);
    free(chunk);
}

static void give_back(struct perf_data *data)
{
    struct perf_chunk *chunk = data->given;

    data->given = NULL;
    drop_chunk(data, chunk);
}

/* An empty order lets go of the chunks. */
static void drain(struct perf_data *data)
{
    struct perf_order_entry entry;

    perf_order_end(&data->order);
    while (perf_order_next(&data->order, &entry))
        if (entry.chunk) {
            entry.chunk->waiting_count--;
            drop_chunk(data, entry.chunk);
        }
}

void perf_data_close(struct perf_data *data)
{
    struct perf_chunk *chunk;

    if (!data)
        return;
    drain(data);
    give_back(data);
    chunk = data->chunk;
    data->chunk = NULL;
    drop_chunk(data, chunk);
    perf_order_release(&data->order);
    perf_zstd_free(data->zstd);
    perf_header_release(&data->header);
    free(data);
}

const struct perf_data_event *perf_data_events(const struct perf_data *data, size_t *count)
{
    *count = data->header.event_count;
    return data->header.events;
}

const struct perf_data_origin *perf_data_origin(const struct perf_data *data)
{
    return &data->header.origin;
}

/* Records that perf made up have the id 0, and the layout of the first event. */
static bool find_event(const struct perf_data *data, const unsigned char *record, size_t len,
                       uint32_t type, uint32_t *event, struct err *err)
{
    const struct id_place *place = &data->id_place;
    size_t off = type == PERF_RECORD_SAMPLE ? place->sample_off : len - place->end_off;
    uint64_t id;

    *event = 0;
    if (!place->is_needed)
        return true;
    if (type != PERF_RECORD_SAMPLE && !data->header.events[0].layout.sample_id_all)
        return true;
    if (len < PERF_CURSOR_HEADER_BYTES + 8 || off < PERF_CURSOR_HEADER_BYTES || off > len - 8)
        return err_set(err, ERR_FORMAT, "perf record of type %u: %zu bytes, too few for its id",
                       type, len);
    id = perf_cursor_read_u64(record + off, data->header.is_swapped);
    if (perf_header_find_event(&data->header, id, event) || id == 0)
        return true;
    return err_set(err, ERR_FORMAT, "perf record of type %u: its id is of no event", type);
}

static bool read_record(const struct perf_data *data, const unsigned char *at, size_t len,
                        uint32_t event, struct perf_record *record, struct err *err)
{
    if (!perf_record_read(at, len, &data->header.events[event].layout, record, err))
        return false;
    record->event = event;
    return true;
}

static bool queue_record(struct perf_data *data, const unsigned char *at, size_t len, uint32_t type,
                         struct perf_chunk *chunk, struct err *err)
{
    struct perf_order_entry entry = {.record = at, .len = (uint32_t)len, .chunk = chunk};
    struct perf_record record;

    if (!find_event(data, at, len, type, &entry.event, err) ||
        !read_record(data, at, len, entry.event, &record, err))
        return false;
    entry.time_ns = record.time_ns;
    perf_order_add(&data->order, entry);
    if (chunk)
        chunk->waiting_count++;
    return true;
}

/*
 * COMPRESSED: header | zstd data. COMPRESSED2: header | u64 bytes of data | zstd data | padding.
 * A record may begin in one and end in the next: what is left of the chunk before goes in front.
 */
static bool decompress(struct perf_data *data, struct perf_cursor record, uint32_t type,
                       struct err *err)
{
    struct perf_chunk *old = data->chunk, *chunk;
    uint64_t len = record.left_bytes;
    size_t room = data->waiting_bytes < PERF_DATA_MAX_WAITING_BYTES
                      ? PERF_DATA_MAX_WAITING_BYTES - data->waiting_bytes
                      : 0;
    bool done;

    if (type == PERF_HEADER_COMPRESSED2)
        len = perf_cursor_u64(&record);
    if (record.failed || len > record.left_bytes)
        return err_set(err, ERR_FORMAT, "perf record of type %u: its compressed data ends outside",
                       type);
    if (!data->zstd)
        data->zstd = perf_zstd_new();
    chunk = mem_alloc(sizeof(*chunk));
    if (old)
        strbuf_add(&chunk->bytes, old->bytes.data + data->chunk_off,
                   old->bytes.len - data->chunk_off);
    done = perf_zstd_read(data->zstd, record.next, (size_t)len, room, &chunk->bytes, err);
    data->waiting_bytes += chunk->bytes.len;
    data->chunk = chunk;
    data->chunk_off = 0;
    drop_chunk(data, old);
    return done;
}

/* `chunk` is where the record lies; NULL: in the file. */
static bool take_record(struct perf_data *data, const unsigned char *at, size_t span,
                        struct perf_chunk *chunk, struct err *err)
{
    struct perf_cursor cursor = {
        .next = at, .left_bytes = span, .is_swapped = data->header.is_swapped};
    struct perf_cursor_header header = perf_cursor_header(&cursor);

    if (header.type < PERF_HEADER_FIRST_TYPE)
        return queue_record(data, at, span, header.type, chunk, err);
    if (header.type == PERF_HEADER_FINISHED_ROUND)
        perf_order_end_round(&data->order);
    if ((header.type == PERF_HEADER_COMPRESSED || header.type == PERF_HEADER_COMPRESSED2) && !chunk)
        return decompress(data, cursor, header.type, err);
    return true;
}

/* One record of the chunk; false in *found if it ends before its next record does. */
static bool read_chunk(struct perf_data *data, bool *found, struct err *err)
{
    const unsigned char *at = (const unsigned char *)data->chunk->bytes.data + data->chunk_off;
    size_t left = data->chunk->bytes.len - data->chunk_off;
    size_t span = perf_header_span(at, left, data->header.is_swapped);

    *found = span > 0;
    if (!span && left > PERF_RECORD_MAX_BYTES)
        return err_set(err, ERR_FORMAT, "decompressed records: a damaged size");
    data->chunk_off += span;
    return !span || take_record(data, at, span, data->chunk, err);
}

/* What is read in the file, and what is read once more when it is given out. */
static void note_reading(struct perf_data *data, size_t bytes)
{
    data->unwatched_bytes += bytes;
    if (!data->watch || data->unwatched_bytes < PERF_DATA_WATCH_BYTES)
        return;
    data->unwatched_bytes = 0;
    data->watch->looked_at(data->watch->context, data->next_off);
}

static bool read_file(struct perf_data *data, struct err *err)
{
    const unsigned char *at = data->bytes + data->next_off;
    size_t left = data->end_off - data->next_off;
    size_t span = perf_header_span(at, left, data->header.is_swapped);
    bool done = span > 0;

    if (!done)
        err_set(err, ERR_FORMAT, "%zu bytes, within a record", left);
    data->next_off += span;
    note_reading(data, span);
    return (done && take_record(data, at, span, NULL, err)) ||
           err_prepend(err, "record at byte %zu: ", data->next_off - span);
}

static bool check_end(struct perf_data *data, struct err *err)
{
    size_t left = data->chunk ? data->chunk->bytes.len - data->chunk_off : 0;

    if (left)
        return err_set(err, ERR_FORMAT, "the compressed records end within a record");
    if (data->header.is_cut)
        return err_set(err, ERR_FORMAT, "the file ends at byte %zu, before its records do",
                       data->end_off);
    perf_order_end(&data->order);
    data->is_ended = true;
    return true;
}

static bool read_more(struct perf_data *data, struct err *err)
{
    bool found = false;

    if (data->chunk && !read_chunk(data, &found, err))
        return err_prepend(err, "compressed record before byte %zu: ", data->next_off);
    if (found)
        return true;
    return data->next_off < data->end_off ? read_file(data, err) : check_end(data, err);
}

/* What the kernel did not say of a mapping, perf may have found out when it ended. */
static void add_build_id(const struct perf_header *header, struct perf_record_map *map)
{
    uint32_t id;

    if (map->build_id_len || !byteset_find(&header->files, map->name, strlen(map->name), &id))
        return;
    map->build_id_len = header->build_ids[id].len;
    memcpy(map->build_id, header->build_ids[id].bytes, sizeof(map->build_id));
}

enum perf_data_step perf_data_next(struct perf_data *data, struct perf_record *record,
                                   struct err *err)
{
    struct perf_order_entry entry;

    give_back(data);
    while (!perf_order_next(&data->order, &entry)) {
        if (data->is_ended)
            return PERF_DATA_END;
        if (!read_more(data, err))
            return PERF_DATA_ERROR;
    }
    data->given = entry.chunk;
    if (entry.chunk)
        entry.chunk->waiting_count--;
    else
        note_reading(data, entry.len);
    if (!read_record(data, entry.record, entry.len, entry.event, record, err))
        return PERF_DATA_ERROR;
    if (record->type == PERF_RECORD_MMAP || record->type == PERF_RECORD_MMAP2)
        add_build_id(&data->header, &record->map);
    return PERF_DATA_RECORD;
}
