#include "profile/perf_record.h"

#include <linux/perf_event.h>
#include <string.h>

#include "profile/perf_cursor.h"

#ifndef PERF_SAMPLE_BRANCH_COUNTERS /* from Linux 6.8 on */
#define PERF_SAMPLE_BRANCH_COUNTERS (1U << 19)
#endif

#define BRANCH_BYTES           24 /* u64 from | u64 to | u64 flags */
#define FIRST_SYNTHESIZED_TYPE 64 /* from here on: records of perf's own, without a trailer */

static bool has(const struct perf_record_layout *layout, uint64_t field)
{
    return (layout->sample_type & field) != 0;
}

/*
 * The trailer (struct sample_id) of records that are not samples, in this order, each if its bit
 * is in sample_type: u32 pid, tid | u64 time | u64 id | u64 stream id | u32 cpu, reserved | u64 id.
 */
static void take_trailer(struct perf_cursor *cursor, const struct perf_record_layout *layout,
                         struct perf_record *record)
{
    size_t len = 8 * ((size_t)has(layout, PERF_SAMPLE_TID) + has(layout, PERF_SAMPLE_TIME) +
                      has(layout, PERF_SAMPLE_ID) + has(layout, PERF_SAMPLE_STREAM_ID) +
                      has(layout, PERF_SAMPLE_CPU) + has(layout, PERF_SAMPLE_IDENTIFIER));
    struct perf_cursor trailer = {.left_bytes = len, .is_swapped = cursor->is_swapped};

    if (!layout->sample_id_all || record->type >= FIRST_SYNTHESIZED_TYPE)
        return;
    if (len > cursor->left_bytes) {
        cursor->failed = true;
        return;
    }
    cursor->left_bytes -= len;
    trailer.next = cursor->next + cursor->left_bytes;
    if (has(layout, PERF_SAMPLE_TID)) {
        record->pid = perf_cursor_u32(&trailer);
        record->tid = perf_cursor_u32(&trailer);
    }
    if (has(layout, PERF_SAMPLE_TIME))
        record->time_ns = perf_cursor_u64(&trailer);
}

/*
 * PERF_SAMPLE_READ, a group or one counter:
 *   u64 nr | time enabled? | time running? | nr x { value, id?, lost? }
 *   value | time enabled? | time running? | id? | lost?
 */
static void skip_counters(struct perf_cursor *cursor, uint64_t read_format)
{
    size_t times = !!(read_format & PERF_FORMAT_TOTAL_TIME_ENABLED) +
                   !!(read_format & PERF_FORMAT_TOTAL_TIME_RUNNING);
    size_t words = 1 + !!(read_format & PERF_FORMAT_ID) + !!(read_format & PERF_FORMAT_LOST);
    uint64_t counters = 1;

    if (read_format & PERF_FORMAT_GROUP)
        counters = perf_cursor_u64(cursor);
    perf_cursor_take(cursor, 8 * times);
    if (counters > cursor->left_bytes / (8 * words))
        cursor->failed = true;
    else
        perf_cursor_take(cursor, 8 * words * (size_t)counters);
}

/* u64 count | count entries; their first byte, or NULL if there are none. */
static const unsigned char *take_array(struct perf_cursor *cursor, size_t entry_bytes,
                                       size_t *count)
{
    uint64_t entries = perf_cursor_u64(cursor);

    if (entries > cursor->left_bytes / entry_bytes) {
        cursor->failed = true;
        return NULL;
    }
    *count = (size_t)entries;
    return perf_cursor_take(cursor, (size_t)entries * entry_bytes);
}

/* u64 count | u64 hardware index? | count x { from, to, flags } | u64 counters[count]? */
static void take_branches(struct perf_cursor *cursor, const struct perf_record_layout *layout,
                          struct perf_record_sample *sample)
{
    uint64_t count = perf_cursor_u64(cursor);

    if (layout->branch_sample_type & PERF_SAMPLE_BRANCH_HW_INDEX)
        perf_cursor_take(cursor, 8);
    if (count > cursor->left_bytes / BRANCH_BYTES) {
        cursor->failed = true;
        return;
    }
    sample->branch_count = (size_t)count;
    sample->branches = perf_cursor_take(cursor, (size_t)count * BRANCH_BYTES);
    if (layout->branch_sample_type & PERF_SAMPLE_BRANCH_COUNTERS)
        perf_cursor_take(cursor, (size_t)count * 8);
}

/* u64 ABI (0: no registers) | u64 for each bit of the mask; so from a 32-bit process, too */
static void take_registers(struct perf_cursor *cursor, const struct perf_record_layout *layout,
                           struct perf_record_sample *sample)
{
    size_t count = (size_t)__builtin_popcountll(layout->sample_regs_user);
    uint64_t abi = perf_cursor_u64(cursor);
    const unsigned char *registers = NULL;

    if (abi != PERF_SAMPLE_REGS_ABI_NONE)
        registers = perf_cursor_take(cursor, count * sizeof(uint64_t));
    if (abi != PERF_SAMPLE_REGS_ABI_64)
        return;
    sample->registers = registers;
    sample->register_mask = layout->sample_regs_user;
}

/* u64 size | u8 data[size] | u64 how many of them hold something; the last one unless size is 0 */
static void take_stack(struct perf_cursor *cursor, struct perf_record_sample *sample)
{
    size_t count = 0;
    const unsigned char *stack = take_array(cursor, 1, &count);
    uint64_t filled = count ? perf_cursor_u64(cursor) : 0;

    if (filled > count)
        cursor->failed = true;
    if (filled == 0 || cursor->failed)
        return;
    sample->stack = stack;
    sample->stack_bytes = (size_t)filled;
}

/*
 * u64 identifier | u64 ip | u32 pid, tid | u64 time | u64 addr | u64 id | u64 stream id |
 * u32 cpu, reserved | u64 period | counters | u64 n, ip[n] | u32 n, u8 raw[n] | branches |
 * registers | stack;
 * each if its bit is in sample_type.
 */
static void take_sample(struct perf_cursor *cursor, const struct perf_record_layout *layout,
                        struct perf_record *record)
{
    struct perf_record_sample *sample = &record->sample;

    if (has(layout, PERF_SAMPLE_IDENTIFIER))
        perf_cursor_u64(cursor);
    if (has(layout, PERF_SAMPLE_IP))
        sample->ip = perf_cursor_u64(cursor);
    if (has(layout, PERF_SAMPLE_TID)) {
        record->pid = perf_cursor_u32(cursor);
        record->tid = perf_cursor_u32(cursor);
    }
    if (has(layout, PERF_SAMPLE_TIME))
        record->time_ns = perf_cursor_u64(cursor);
    perf_cursor_take(cursor,
                     8 * ((size_t)has(layout, PERF_SAMPLE_ADDR) + has(layout, PERF_SAMPLE_ID) +
                          has(layout, PERF_SAMPLE_STREAM_ID) + has(layout, PERF_SAMPLE_CPU)));
    if (has(layout, PERF_SAMPLE_PERIOD))
        sample->period = perf_cursor_u64(cursor);
    if (has(layout, PERF_SAMPLE_READ))
        skip_counters(cursor, layout->read_format);
    if (has(layout, PERF_SAMPLE_CALLCHAIN))
        sample->chain = take_array(cursor, sizeof(uint64_t), &sample->chain_count);
    if (has(layout, PERF_SAMPLE_RAW))
        perf_cursor_take(cursor, perf_cursor_u32(cursor));
    if (has(layout, PERF_SAMPLE_BRANCH_STACK))
        take_branches(cursor, layout, sample);
    if (has(layout, PERF_SAMPLE_REGS_USER))
        take_registers(cursor, layout, sample);
    if (has(layout, PERF_SAMPLE_STACK_USER))
        take_stack(cursor, sample);
}

/*
 * MMAP:  u32 pid, tid | u64 start | u64 length | u64 pgoff | name
 * MMAP2: the same, and before the name 24 bytes and u32 prot, flags. The 24 bytes are device and
 *        inode, or (MISC_MMAP_BUILD_ID) u8 length | 3 reserved | 20 bytes of build id.
 */
static void take_map(struct perf_cursor *cursor, struct perf_record *record)
{
    struct perf_record_map *map = &record->map;
    const unsigned char *identity = NULL;
    uint64_t map_len;

    record->pid = perf_cursor_u32(cursor);
    record->tid = perf_cursor_u32(cursor);
    map->start_ip = perf_cursor_u64(cursor);
    map_len = perf_cursor_u64(cursor);
    map->pgoff = perf_cursor_u64(cursor);
    map->is_data = (record->misc & PERF_RECORD_MISC_MMAP_DATA) != 0;
    if (__builtin_add_overflow(map->start_ip, map_len, &map->limit_ip))
        map->limit_ip = UINT64_MAX;
    if (record->type == PERF_RECORD_MMAP2) {
        identity = perf_cursor_take(cursor, 24);
        perf_cursor_take(cursor, 8);
    }
    map->name = perf_cursor_text(cursor);
    if (!identity || !(record->misc & PERF_RECORD_MISC_MMAP_BUILD_ID))
        return;
    if (identity[0] > PERF_RECORD_BUILD_ID_BYTES)
        cursor->failed = true;
    else
        map->build_id_len = identity[0];
    memcpy(map->build_id, identity + 4, map->build_id_len);
}

/* u32 pid, parent's pid | u32 tid, parent's tid | u64 time */
static void take_task(struct perf_cursor *cursor, struct perf_record *record)
{
    record->pid = perf_cursor_u32(cursor);
    record->task.parent_pid = perf_cursor_u32(cursor);
    record->tid = perf_cursor_u32(cursor);
    record->task.parent_tid = perf_cursor_u32(cursor);
    record->time_ns = perf_cursor_u64(cursor);
}

static void take_body(struct perf_cursor *cursor, const struct perf_record_layout *layout,
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
        record->pid = perf_cursor_u32(cursor);
        record->tid = perf_cursor_u32(cursor);
        record->name = perf_cursor_text(cursor);
        break;
    case PERF_RECORD_FORK:
    case PERF_RECORD_EXIT:
        take_task(cursor, record);
        break;
    case PERF_RECORD_LOST: /* u64 id | u64 lost */
        perf_cursor_u64(cursor);
        record->lost = perf_cursor_u64(cursor);
        break;
    case PERF_RECORD_LOST_SAMPLES: /* u64 lost */
        record->lost = perf_cursor_u64(cursor);
        break;
    case PERF_RECORD_THROTTLE: /* u64 time | u64 id | u64 stream id */
        record->time_ns = perf_cursor_u64(cursor);
        perf_cursor_take(cursor, 16);
        break;
    }
}

bool perf_record_read(const void *data, size_t len, const struct perf_record_layout *layout,
                      struct perf_record *record, struct err *err)
{
    struct perf_cursor cursor = {.next = data, .left_bytes = len, .is_swapped = layout->is_swapped};
    struct perf_cursor_header header = perf_cursor_header(&cursor);
    struct perf_record found = {.is_swapped = layout->is_swapped};

    if (cursor.failed)
        return err_set(err, ERR_FORMAT, "perf record: %zu bytes, expected a header of %d", len,
                       PERF_CURSOR_HEADER_BYTES);
    if (header.size_bytes < PERF_CURSOR_HEADER_BYTES || header.size_bytes > len)
        return err_set(err, ERR_FORMAT, "perf record of type %u: size %u, expected %d to %zu",
                       header.type, header.size_bytes, PERF_CURSOR_HEADER_BYTES, len);
    cursor.left_bytes = header.size_bytes - PERF_CURSOR_HEADER_BYTES;
    found.type = header.type;
    found.misc = header.misc;
    found.size_bytes = header.size_bytes;
    take_body(&cursor, layout, &found);
    if (cursor.failed)
        return err_set(err, ERR_FORMAT, "perf record of type %u: its %u bytes end within a field",
                       header.type, header.size_bytes);
    *record = found;
    return true;
}

uint64_t perf_record_caller(const struct perf_record *record, size_t index)
{
    return perf_cursor_read_u64(record->sample.chain + index * sizeof(uint64_t),
                                record->is_swapped);
}

struct perf_branch perf_record_branch(const struct perf_record *record, size_t index)
{
    const unsigned char *at = record->sample.branches + index * BRANCH_BYTES;

    return (struct perf_branch){.from_ip = perf_cursor_read_u64(at, record->is_swapped),
                                .to_ip = perf_cursor_read_u64(at + 8, record->is_swapped)};
}

uint64_t perf_record_register(const struct perf_record *record, size_t index)
{
    return perf_cursor_read_u64(record->sample.registers + index * sizeof(uint64_t),
                                record->is_swapped);
}
