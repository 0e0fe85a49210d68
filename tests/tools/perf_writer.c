#include "perf_writer.h"

#include <assert.h>
#include <byteswap.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

enum {
    HEADER_ATTR = 64,
    BUILD_ID = 67,
    ROUND = 68,
    FEATURE = 80,
    COMPRESSED = 81,
    COMPRESSED2 = 83
};
enum { FEATURE_BUILD_ID = 2, FEATURE_EVENT_DESC = 12 };
enum { HEADER_BYTES = 104, SAMPLE_ID_ALL = 18, COMPRESSED_STEP = 1000, BRANCH_ANY = 1 << 3 };

static void put_u16(const struct perf_writer *writer, struct strbuf *out, uint16_t value)
{
    value = writer->is_swapped ? bswap_16(value) : value;
    strbuf_add(out, &value, sizeof(value));
}

static void put_u32(const struct perf_writer *writer, struct strbuf *out, uint32_t value)
{
    value = writer->is_swapped ? bswap_32(value) : value;
    strbuf_add(out, &value, sizeof(value));
}

static void put_u64(const struct perf_writer *writer, struct strbuf *out, uint64_t value)
{
    value = writer->is_swapped ? bswap_64(value) : value;
    strbuf_add(out, &value, sizeof(value));
}

static void put_zeros(struct strbuf *out, size_t count)
{
    while (count--)
        strbuf_add_char(out, '\0');
}

/* With its NUL, padded to 8 bytes. */
static void put_text(struct strbuf *out, const char *text)
{
    size_t len = strlen(text) + 1;

    strbuf_add(out, text, len);
    put_zeros(out, (8 - len % 8) % 8);
}

static void put_hex(struct strbuf *out, const char *hex)
{
    for (size_t i = 0; hex[i] && hex[i + 1]; i += 2) {
        char digits[] = {hex[i], hex[i + 1], '\0'};

        strbuf_add_char(out, (char)strtoul(digits, NULL, 16));
    }
}

static void put_record(const struct perf_writer *writer, struct strbuf *out, uint32_t type,
                       uint16_t misc, struct strbuf *body)
{
    put_u32(writer, out, type);
    put_u16(writer, out, misc);
    put_u16(writer, out, (uint16_t)(8 + body->len));
    strbuf_add(out, body->data, body->len);
    strbuf_release(body);
}

static uint64_t sample_type_of(const struct perf_writer_event *event)
{
    return PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ID |
           (event->has_chain ? PERF_SAMPLE_CALLCHAIN : 0) |
           (event->has_branches ? PERF_SAMPLE_BRANCH_STACK : 0);
}

static uint64_t id_of(uint32_t event)
{
    return 100 + event;
}

uint32_t perf_writer_event(struct perf_writer *writer, struct perf_writer_event event)
{
    assert(writer->event_count < PERF_WRITER_EVENTS);
    writer->events[writer->event_count++] = event;
    return (uint32_t)writer->event_count - 1;
}

static void put_trailer(struct perf_writer *writer, struct strbuf *body, uint64_t time_ns,
                        uint32_t pid)
{
    put_u32(writer, body, pid);
    put_u32(writer, body, pid);
    put_u64(writer, body, time_ns);
    put_u64(writer, body, id_of(0));
}

void perf_writer_map(struct perf_writer *writer, uint64_t time_ns, uint32_t pid, uint64_t start_ip,
                     uint64_t len, uint64_t pgoff, const char *file, const char *build_id)
{
    struct strbuf body = {0};

    put_u32(writer, &body, pid);
    put_u32(writer, &body, pid);
    put_u64(writer, &body, start_ip);
    put_u64(writer, &body, len);
    put_u64(writer, &body, pgoff);
    if (build_id) {
        size_t at = body.len;

        strbuf_add_char(&body, (char)(strlen(build_id) / 2));
        put_zeros(&body, 3);
        put_hex(&body, build_id);
        put_zeros(&body, 24 - (body.len - at) + 8);
    }
    put_text(&body, file);
    put_trailer(writer, &body, time_ns, pid);
    put_record(writer, &writer->records, build_id ? PERF_RECORD_MMAP2 : PERF_RECORD_MMAP,
               PERF_RECORD_MISC_USER | (build_id ? PERF_RECORD_MISC_MMAP_BUILD_ID : 0), &body);
}

void perf_writer_fork(struct perf_writer *writer, uint64_t time_ns, uint32_t pid,
                      uint32_t parent_pid)
{
    struct strbuf body = {0};

    put_u32(writer, &body, pid);
    put_u32(writer, &body, parent_pid);
    put_u32(writer, &body, pid);
    put_u32(writer, &body, parent_pid);
    put_u64(writer, &body, time_ns);
    put_trailer(writer, &body, time_ns, pid);
    put_record(writer, &writer->records, PERF_RECORD_FORK, 0, &body);
}

void perf_writer_exec(struct perf_writer *writer, uint64_t time_ns, uint32_t pid)
{
    struct strbuf body = {0};

    put_u32(writer, &body, pid);
    put_u32(writer, &body, pid);
    put_text(&body, "program");
    put_trailer(writer, &body, time_ns, pid);
    put_record(writer, &writer->records, PERF_RECORD_COMM, PERF_RECORD_MISC_COMM_EXEC, &body);
}

void perf_writer_lost(struct perf_writer *writer, uint64_t time_ns, uint64_t count)
{
    struct strbuf body = {0};

    put_u64(writer, &body, id_of(0));
    put_u64(writer, &body, count);
    put_trailer(writer, &body, time_ns, 0);
    put_record(writer, &writer->records, PERF_RECORD_LOST, 0, &body);
}

void perf_writer_round(struct perf_writer *writer)
{
    struct strbuf body = {0};

    put_record(writer, &writer->records, ROUND, 0, &body);
}

static void put_branches(const struct perf_writer *writer, struct strbuf *body,
                         const struct perf_writer_sample *sample)
{
    put_u64(writer, body, sample->branch_count);
    if (writer->events[sample->event].has_branch_index)
        put_u64(writer, body, UINT64_MAX);
    for (size_t i = 0; i < sample->branch_count; i++) {
        put_u64(writer, body, sample->branches[i].from_ip);
        put_u64(writer, body, sample->branches[i].to_ip);
        put_u64(writer, body, 2); /* flags: predicted */
    }
}

void perf_writer_sample(struct perf_writer *writer, const struct perf_writer_sample *sample)
{
    struct strbuf body = {0};

    put_u64(writer, &body, sample->ip);
    put_u32(writer, &body, sample->pid);
    put_u32(writer, &body, sample->pid);
    put_u64(writer, &body, sample->time_ns);
    put_u64(writer, &body, id_of(sample->event));
    if (writer->events[sample->event].has_chain) {
        put_u64(writer, &body, sample->caller_count + 2);
        put_u64(writer, &body, (uint64_t)PERF_CONTEXT_USER);
        put_u64(writer, &body, sample->ip);
        for (size_t i = 0; i < sample->caller_count; i++)
            put_u64(writer, &body, sample->callers[i]);
    }
    if (writer->events[sample->event].has_branches)
        put_branches(writer, &body, sample);
    put_record(writer, &writer->records, PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER, &body);
}

void perf_writer_build_id(struct perf_writer *writer, const char *file, const char *build_id)
{
    struct strbuf body = {0};

    put_u32(writer, &body, UINT32_MAX);
    put_hex(&body, build_id);
    put_zeros(&body, 4 + 24 - body.len);
    put_text(&body, file);
    put_record(writer, &writer->build_ids, BUILD_ID, PERF_RECORD_MISC_USER, &body);
}

/* The flags are a bit-field, whose bits the other byte order counts from the other end. */
static void put_flags(const struct perf_writer *writer, struct strbuf *out)
{
    unsigned char flags[8] = {0};

    flags[SAMPLE_ID_ALL / 8] =
        writer->is_swapped ? 0x80 >> SAMPLE_ID_ALL % 8 : 1 << SAMPLE_ID_ALL % 8;
    strbuf_add(out, flags, sizeof(flags));
}

static void put_attr(const struct perf_writer *writer, struct strbuf *out,
                     const struct perf_writer_event *event)
{
    size_t start = out->len, attr_bytes = writer->attr_bytes ? writer->attr_bytes : 128;

    put_u32(writer, out, event->type);
    put_u32(writer, out, (uint32_t)attr_bytes);
    put_u64(writer, out, event->config);
    put_u64(writer, out, 4000);
    put_u64(writer, out, sample_type_of(event));
    put_u64(writer, out, 0);
    put_flags(writer, out);
    if (attr_bytes > 72) {
        put_zeros(out, 24);
        put_u64(writer, out,
                event->has_branches
                    ? BRANCH_ANY | (event->has_branch_index ? PERF_SAMPLE_BRANCH_HW_INDEX : 0)
                    : 0);
    }
    put_zeros(out, start + attr_bytes - out->len);
}

/* The records once more, as one zstd stream that is cut anywhere, also within records. */
static struct strbuf compress(const struct perf_writer *writer)
{
    ZSTD_CStream *stream = ZSTD_createCStream();
    struct strbuf out = {0};

    for (size_t at = 0; at < writer->records.len; at += COMPRESSED_STEP) {
        size_t left = writer->records.len - at;
        ZSTD_inBuffer in = {writer->records.data + at,
                            left < COMPRESSED_STEP ? left : COMPRESSED_STEP, 0};
        char bytes[2 * COMPRESSED_STEP];
        ZSTD_outBuffer to = {bytes, sizeof(bytes), 0};
        struct strbuf body = {0};
        bool is_second = writer->compression == PERF_WRITER_COMPRESSED2;

        ZSTD_compressStream(stream, &to, &in);
        ZSTD_flushStream(stream, &to);
        assert(in.pos == in.size);
        if (is_second)
            put_u64(writer, &body, to.pos);
        strbuf_add(&body, bytes, to.pos);
        if (is_second)
            put_zeros(&body, (8 - body.len % 8) % 8);
        put_record(writer, &out, is_second ? COMPRESSED2 : COMPRESSED, 0, &body);
    }
    ZSTD_freeCStream(stream);
    return out;
}

static struct strbuf describe_events(const struct perf_writer *writer)
{
    struct strbuf out = {0};

    put_u32(writer, &out, (uint32_t)writer->event_count);
    put_u32(writer, &out, (uint32_t)(writer->attr_bytes ? writer->attr_bytes : 128));
    for (uint32_t i = 0; i < writer->event_count; i++) {
        put_attr(writer, &out, &writer->events[i]);
        put_u32(writer, &out, 1);
        put_u32(writer, &out, (uint32_t)((strlen(writer->events[i].name) + 8) / 8 * 8));
        put_text(&out, writer->events[i].name);
        put_u64(writer, &out, id_of(i));
    }
    return out;
}

static void put_pipe(const struct perf_writer *writer, struct strbuf *out,
                     const struct strbuf *records)
{
    struct strbuf names = describe_events(writer), feature = {0};

    put_u64(writer, out, 16);
    for (uint32_t i = 0; i < writer->event_count; i++) {
        struct strbuf body = {0};

        put_attr(writer, &body, &writer->events[i]);
        put_u64(writer, &body, id_of(i));
        put_record(writer, out, HEADER_ATTR, 0, &body);
    }
    put_u64(writer, &feature, FEATURE_EVENT_DESC);
    strbuf_add(&feature, names.data, names.len);
    put_record(writer, out, FEATURE, 0, &feature);
    strbuf_add(out, records->data, records->len);
    strbuf_add(out, writer->build_ids.data, writer->build_ids.len);
    strbuf_release(&names);
}

static void put_section(const struct perf_writer *writer, struct strbuf *out, size_t off,
                        size_t len)
{
    put_u64(writer, out, off);
    put_u64(writer, out, len);
}

static void put_file(const struct perf_writer *writer, struct strbuf *out,
                     const struct strbuf *records)
{
    size_t attr_bytes = writer->attr_bytes ? writer->attr_bytes : 128;
    size_t ids_off = HEADER_BYTES, attrs_off = ids_off + 8 * writer->event_count;
    size_t attrs_len = writer->event_count * (attr_bytes + 16);
    size_t records_off = attrs_off + attrs_len, features_off = records_off + records->len;
    struct strbuf names = describe_events(writer);

    put_u64(writer, out, HEADER_BYTES);
    put_u64(writer, out, attr_bytes + 16);
    put_section(writer, out, attrs_off, attrs_len);
    put_section(writer, out, records_off, writer->is_killed ? 0 : records->len);
    put_section(writer, out, 0, 0);
    put_u64(writer, out,
            writer->is_killed
                ? 0
                : UINT64_C(1) << FEATURE_BUILD_ID | UINT64_C(1) << FEATURE_EVENT_DESC);
    put_zeros(out, 24);
    for (uint32_t i = 0; i < writer->event_count; i++)
        put_u64(writer, out, id_of(i));
    for (uint32_t i = 0; i < writer->event_count; i++) {
        put_attr(writer, out, &writer->events[i]);
        put_section(writer, out, ids_off + 8 * i, 8);
    }
    strbuf_add(out, records->data, records->len);
    if (!writer->is_killed) {
        put_section(writer, out, features_off + 32, writer->build_ids.len);
        put_section(writer, out, features_off + 32 + writer->build_ids.len, names.len);
        strbuf_add(out, writer->build_ids.data, writer->build_ids.len);
        strbuf_add(out, names.data, names.len);
    }
    strbuf_release(&names);
}

struct strbuf perf_writer_finish(struct perf_writer *writer)
{
    bool is_plain = writer->compression == PERF_WRITER_PLAIN;
    struct strbuf compressed = is_plain ? (struct strbuf){0} : compress(writer), out = {0};
    const struct strbuf *records = is_plain ? &writer->records : &compressed;

    strbuf_add(&out, writer->is_swapped ? "2ELIFREP" : "PERFILE2", 8);
    if (writer->is_pipe)
        put_pipe(writer, &out, records);
    else
        put_file(writer, &out, records);
    strbuf_release(&compressed);
    return out;
}

void perf_writer_release(struct perf_writer *writer)
{
    strbuf_release(&writer->records);
    strbuf_release(&writer->build_ids);
    *writer = (struct perf_writer){0};
}
