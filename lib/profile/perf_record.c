#include "profile/perf_record.h"

#include <linux/perf_event.h>
#include <string.h>

#define FIRST_SYNTHESIZED_TYPE 64 /* from here on: records of perf's own, without a trailer */

/* What is left of a record. After a read beyond its end `failed` is set, and all reads give 0. */
struct cursor {
    const unsigned char *next;
    size_t left_bytes;
    bool failed;
};

static const unsigned char *take(struct cursor *cursor, size_t len)
{
    const unsigned char *at = cursor->next;

    if (cursor->failed || len > cursor->left_bytes) {
        cursor->failed = true;
        return NULL;
    }
    cursor->next += len;
    cursor->left_bytes -= len;
    return at;
}

static uint64_t take_u64(struct cursor *cursor)
{
    const unsigned char *at = take(cursor, sizeof(uint64_t));
    uint64_t value = 0;

    if (at)
        memcpy(&value, at, sizeof(value));
    return value;
}

static uint32_t take_u32(struct cursor *cursor)
{
    const unsigned char *at = take(cursor, sizeof(uint32_t));
    uint32_t value = 0;

    if (at)
        memcpy(&value, at, sizeof(value));
    return value;
}

/* The text ends within the record, or there is none. */
static const char *take_text(struct cursor *cursor)
{
    const unsigned char *end = NULL;

    if (!cursor->failed && cursor->left_bytes)
        end = memchr(cursor->next, '\0', cursor->left_bytes);
    if (!end) {
        cursor->failed = true;
        return "";
    }
    return (const char *)take(cursor, (size_t)(end - cursor->next) + 1);
}

static bool has(const struct perf_record_layout *layout, uint64_t field)
{
    return (layout->sample_type & field) != 0;
}

/*
 * The trailer (struct sample_id) of records that are not samples, in this order, each if its bit
 * is in sample_type: u32 pid, tid | u64 time | u64 id | u64 stream id | u32 cpu, reserved | u64 id.
 */
static void take_trailer(struct cursor *cursor, const struct perf_record_layout *layout,
                         struct perf_record *record)
{
    size_t len = 8 * ((size_t)has(layout, PERF_SAMPLE_TID) + has(layout, PERF_SAMPLE_TIME) +
                      has(layout, PERF_SAMPLE_ID) + has(layout, PERF_SAMPLE_STREAM_ID) +
                      has(layout, PERF_SAMPLE_CPU) + has(layout, PERF_SAMPLE_IDENTIFIER));
    struct cursor trailer = {.left_bytes = len};

    if (!layout->sample_id_all || record->type >= FIRST_SYNTHESIZED_TYPE)
        return;
    if (len > cursor->left_bytes) {
        cursor->failed = true;
        return;
    }
    cursor->left_bytes -= len;
    trailer.next = cursor->next + cursor->left_bytes;
    if (has(layout, PERF_SAMPLE_TID)) {
        record->pid = take_u32(&trailer);
        record->tid = take_u32(&trailer);
    }
    if (has(layout, PERF_SAMPLE_TIME))
        record->time_ns = take_u64(&trailer);
}

/*
 * PERF_SAMPLE_READ, a group or one counter:
 *   u64 nr | time enabled? | time running? | nr x { value, id?, lost? }
 *   value | time enabled? | time running? | id? | lost?
 */
static void skip_counters(struct cursor *cursor, uint64_t read_format)
{
    size_t times = !!(read_format & PERF_FORMAT_TOTAL_TIME_ENABLED) +
                   !!(read_format & PERF_FORMAT_TOTAL_TIME_RUNNING);
    size_t words = 1 + !!(read_format & PERF_FORMAT_ID) + !!(read_format & PERF_FORMAT_LOST);
    uint64_t counters = 1;

    if (read_format & PERF_FORMAT_GROUP)
        counters = take_u64(cursor);
    take(cursor, 8 * times);
    if (counters > cursor->left_bytes / (8 * words))
        cursor->failed = true;
    else
        take(cursor, 8 * words * (size_t)counters);
}

/*
 * u64 identifier | u64 ip | u32 pid, tid | u64 time | u64 addr | u64 id | u64 stream id |
 * u32 cpu, reserved | u64 period | counters | u64 n, ip[n]; each if its bit is in sample_type.
 */
static void take_sample(struct cursor *cursor, const struct perf_record_layout *layout,
                        struct perf_record *record)
{
    struct perf_record_sample *sample = &record->sample;
    uint64_t count = 0;

    if (has(layout, PERF_SAMPLE_IDENTIFIER))
        take_u64(cursor);
    if (has(layout, PERF_SAMPLE_IP))
        sample->ip = take_u64(cursor);
    if (has(layout, PERF_SAMPLE_TID)) {
        record->pid = take_u32(cursor);
        record->tid = take_u32(cursor);
    }
    if (has(layout, PERF_SAMPLE_TIME))
        record->time_ns = take_u64(cursor);
    take(cursor, 8 * ((size_t)has(layout, PERF_SAMPLE_ADDR) + has(layout, PERF_SAMPLE_ID) +
                      has(layout, PERF_SAMPLE_STREAM_ID) + has(layout, PERF_SAMPLE_CPU)));
    if (has(layout, PERF_SAMPLE_PERIOD))
        sample->period = take_u64(cursor);
    if (has(layout, PERF_SAMPLE_READ))
        skip_counters(cursor, layout->read_format);
    if (has(layout, PERF_SAMPLE_CALLCHAIN))
        count = take_u64(cursor);
    if (count > cursor->left_bytes / sizeof(uint64_t)) {
        cursor->failed = true;
        return;
    }
    sample->chain_count = (size_t)count;
    sample->chain = take(cursor, (size_t)count * sizeof(uint64_t));
}

/*
 * MMAP:  u32 pid, tid | u64 start | u64 length | u64 pgoff | name
 * MMAP2: the same, and before the name 24 bytes and u32 prot, flags. The 24 bytes are device and
 *        inode, or (MISC_MMAP_BUILD_ID) u8 length | 3 reserved | 20 bytes of build id.
 */
static void take_map(struct cursor *cursor, struct perf_record *record)
{
    struct perf_record_map *map = &record->map;
    const unsigned char *identity = NULL;
    uint64_t map_len;

    record->pid = take_u32(cursor);
    record->tid = take_u32(cursor);
    map->start_ip = take_u64(cursor);
    map_len = take_u64(cursor);
    map->pgoff = take_u64(cursor);
    map->is_data = (record->misc & PERF_RECORD_MISC_MMAP_DATA) != 0;
    if (__builtin_add_overflow(map->start_ip, map_len, &map->limit_ip))
        map->limit_ip = UINT64_MAX;
    if (record->type == PERF_RECORD_MMAP2) {
        identity = take(cursor, 24);
        take(cursor, 8);
    }
    map->name = take_text(cursor);
    if (!identity || !(record->misc & PERF_RECORD_MISC_MMAP_BUILD_ID))
        return;
    if (identity[0] > PERF_RECORD_BUILD_ID_BYTES)
        cursor->failed = true;
    else
        map->build_id_len = identity[0];
    memcpy(map->build_id, identity + 4, map->build_id_len);
}

/* u32 pid, parent's pid | u32 tid, parent's tid | u64 time */
static void take_task(struct cursor *cursor, struct perf_record *record)
{
    record->pid = take_u32(cursor);
    record->task.parent_pid = take_u32(cursor);
    record->tid = take_u32(cursor);
    record->task.parent_tid = take_u32(cursor);
    record->time_ns = take_u64(cursor);
}

static void take_body(struct cursor *cursor, const struct perf_record_layout *layout,
                      struct perf_record *record)
{
    if (record->type == PERF_RECORD_SAMPLE) {
        take_sample(cursor, layout, record);
        return;
    }
    take_trailer(cursor, layout, record);
    switch (record->type) {
    case PERF_RECORD_MMAP:
    case PERF_RECORD_MMAP2:
        take_map(cursor, record);
        break;
    case PERF_RECORD_COMM: /* u32 pid, tid | name */
        record->pid = take_u32(cursor);
        record->tid = take_u32(cursor);
        record->name = take_text(cursor);
        break;
    case PERF_RECORD_FORK:
    case PERF_RECORD_EXIT:
        take_task(cursor, record);
        break;
    case PERF_RECORD_LOST: /* u64 id | u64 lost */
        take_u64(cursor);
        record->lost = take_u64(cursor);
        break;
    case PERF_RECORD_LOST_SAMPLES: /* u64 lost */
        record->lost = take_u64(cursor);
        break;
    case PERF_RECORD_THROTTLE: /* u64 time | u64 id | u64 stream id */
        record->time_ns = take_u64(cursor);
        take(cursor, 16);
        break;
    }
}

bool perf_record_read(const void *data, size_t len, const struct perf_record_layout *layout,
                      struct perf_record *record, struct err *err)
{
    struct perf_event_header header;
    struct perf_record found = {0};
    struct cursor cursor;

    if (len < sizeof(header))
        return err_set(err, ERR_FORMAT, "perf record: %zu bytes, expected a header of %zu", len,
                       sizeof(header));
    memcpy(&header, data, sizeof(header));
    if (header.size < sizeof(header) || header.size > len)
        return err_set(err, ERR_FORMAT, "perf record of type %u: size %u, expected %zu to %zu",
                       header.type, header.size, sizeof(header), len);
    cursor = (struct cursor){.next = (const unsigned char *)data + sizeof(header),
                             .left_bytes = header.size - sizeof(header)};
    found.type = header.type;
    found.misc = header.misc;
    found.size_bytes = header.size;
    take_body(&cursor, layout, &found);
    if (cursor.failed)
        return err_set(err, ERR_FORMAT, "perf record of type %u: its %u bytes end within a field",
                       header.type, header.size);
    *record = found;
    return true;
}

uint64_t perf_record_caller(const struct perf_record *record, size_t index)
{
    uint64_t ip;

    memcpy(&ip, record->sample.chain + index * sizeof(ip), sizeof(ip));
    return ip;
}
