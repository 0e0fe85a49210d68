/* The decoder of perf records, fed with records that are built here byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/strbuf.h"
#include "profile/perf_record.h"

static void put_u32(struct strbuf *bytes, uint32_t value)
{
    strbuf_add(bytes, &value, sizeof(value));
}

static void put_u64(struct strbuf *bytes, uint64_t value)
{
    strbuf_add(bytes, &value, sizeof(value));
}

/* The terminating NUL included, padded to 8 bytes as the kernel does. */
static void put_text(struct strbuf *bytes, const char *text)
{
    strbuf_add(bytes, text, strlen(text) + 1);
    while (bytes->len % 8)
        strbuf_add_char(bytes, '\0');
}

static void put_header(struct strbuf *bytes, uint32_t type, uint16_t misc)
{
    struct perf_event_header header = {.type = type, .misc = misc};

    strbuf_add(bytes, &header, sizeof(header));
}

static void set_size(struct strbuf *bytes, size_t size)
{
    ((struct perf_event_header *)bytes->data)->size = (uint16_t)size;
}

#define TRAILER                                                                                    \
    (PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID |                 \
     PERF_SAMPLE_CPU | PERF_SAMPLE_IDENTIFIER)

static const struct perf_record_layout plain = {
    .sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CALLCHAIN,
    .sample_id_all = true,
};
static const struct perf_record_layout full = {
    .sample_type = TRAILER | PERF_SAMPLE_IP | PERF_SAMPLE_ADDR | PERF_SAMPLE_PERIOD |
                   PERF_SAMPLE_READ | PERF_SAMPLE_CALLCHAIN,
    .read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_ID | PERF_FORMAT_GROUP,
    .sample_id_all = true,
};

enum { PID = 4711, TID = 4712, TIME = 99887766 };

static void put_trailer(struct strbuf *bytes, const struct perf_record_layout *layout)
{
    put_u32(bytes, PID);
    put_u32(bytes, TID);
    put_u64(bytes, TIME);
    for (int i = 0; layout == &full && i < 4; i++) /* id, stream id, CPU, identifier */
        put_u64(bytes, UINT64_MAX);
}

static struct strbuf build_sample(const struct perf_record_layout *layout)
{
    bool is_full = layout == &full;
    struct strbuf bytes = {0};

    put_header(&bytes, PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER);
    if (is_full)
        put_u64(&bytes, 1); /* identifier */
    put_u64(&bytes, 0x401234);
    put_u32(&bytes, PID);
    put_u32(&bytes, TID);
    put_u64(&bytes, TIME);
    if (is_full) {
        for (int i = 0; i < 4; i++) /* addr, id, stream id, CPU */
            put_u64(&bytes, UINT64_MAX);
        put_u64(&bytes, 1001001); /* period */
        put_u64(&bytes, 2);       /* counters */
        put_u64(&bytes, 5);       /* time enabled */
        for (int i = 0; i < 4; i++)
            put_u64(&bytes, UINT64_MAX); /* value, id; value, id */
    }
    put_u64(&bytes, 3);
    put_u64(&bytes, PERF_CONTEXT_USER);
    put_u64(&bytes, 0x401234);
    put_u64(&bytes, 0x402000);
    set_size(&bytes, bytes.len);
    return bytes;
}

static struct strbuf build_map(const struct perf_record_layout *layout, uint32_t type,
                               uint16_t misc)
{
    struct strbuf bytes = {0};

    put_header(&bytes, type, misc);
    put_u32(&bytes, PID);
    put_u32(&bytes, TID);
    put_u64(&bytes, 0x400000);
    put_u64(&bytes, 0x3000);
    put_u64(&bytes, 0x1000);
    if (type == PERF_RECORD_MMAP2) {
        strbuf_add(&bytes, "\x14\0\0\0", 4);
        strbuf_add(&bytes, "0123456789abcdefghij", 20);
        put_u32(&bytes, 5);
        put_u32(&bytes, 2);
    }
    put_text(&bytes, "/usr/bin/program");
    put_trailer(&bytes, layout);
    set_size(&bytes, bytes.len);
    return bytes;
}

static struct strbuf build_other(const struct perf_record_layout *layout, uint32_t type)
{
    struct strbuf bytes = {0};

    put_header(&bytes, type, 0);
    if (type == PERF_RECORD_COMM) {
        put_u32(&bytes, PID);
        put_u32(&bytes, TID);
        put_text(&bytes, "worker");
    } else if (type == PERF_RECORD_LOST || type == PERF_RECORD_LOST_SAMPLES) {
        if (type == PERF_RECORD_LOST)
            put_u64(&bytes, 7);
        put_u64(&bytes, 42);
    } else if (type == PERF_RECORD_THROTTLE) {
        put_u64(&bytes, TIME);
        put_u64(&bytes, 1);
        put_u64(&bytes, 1);
    } else { /* FORK, EXIT */
        put_u32(&bytes, PID);
        put_u32(&bytes, PID + 10);
        put_u32(&bytes, TID);
        put_u32(&bytes, TID + 10);
        put_u64(&bytes, TIME);
    }
    put_trailer(&bytes, layout);
    set_size(&bytes, bytes.len);
    return bytes;
}

/* The bytes lie in a block of their own, so that ASan sees a read beyond them. */
static bool read_exactly(const char *data, size_t len, const struct perf_record_layout *layout,
                         struct perf_record *record)
{
    char *copy = malloc(len ? len : 1);
    struct err err = {0};
    bool done;

    memcpy(copy, data, len);
    done = perf_record_read(copy, len, layout, record, &err);
    assert_true(done || (err.kind == ERR_FORMAT && err.message[0]));
    free(copy);
    return done;
}

/*
 * Cut anywhere it is refused; cut and with a header that says so, it is refused or shorter, but
 * never read beyond its end.
 */
static void check_cuts(struct strbuf bytes, const struct perf_record_layout *layout)
{
    struct perf_record record = {.type = 12345};

    for (size_t len = 0; len < bytes.len; len++) {
        assert_false(read_exactly(bytes.data, len, layout, &record));
        assert_int_equal(record.type, 12345); /* untouched */
    }
    for (size_t len = sizeof(struct perf_event_header); len < bytes.len; len++) {
        struct perf_record ignored;

        set_size(&bytes, len);
        if (read_exactly(bytes.data, len, layout, &ignored))
            assert_true(ignored.size_bytes == len);
    }
    set_size(&bytes, sizeof(struct perf_event_header) - 1);
    assert_false(read_exactly(bytes.data, bytes.len, layout, &record));
    set_size(&bytes, bytes.len);
}

static struct perf_record read_good(const struct strbuf *bytes,
                                    const struct perf_record_layout *layout)
{
    struct perf_record record;
    struct err err = {0};

    assert_true(perf_record_read(bytes->data, bytes->len, layout, &record, &err));
    assert_int_equal(record.size_bytes, bytes->len);
    assert_int_equal(record.pid, PID);
    assert_int_equal(record.tid, TID);
    assert_int_equal(record.time_ns, TIME);
    return record;
}

static const struct perf_record_layout *const layouts[] = {&plain, &full};

static void test_sample(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(layouts); i++) {
        struct strbuf bytes = build_sample(layouts[i]);
        struct perf_record record = read_good(&bytes, layouts[i]);

        assert_int_equal(record.sample.ip, 0x401234);
        assert_int_equal(record.sample.period, layouts[i] == &full ? 1001001 : 0);
        assert_int_equal(record.sample.chain_count, 3);
        assert_true(perf_record_caller(&record, 0) == (uint64_t)PERF_CONTEXT_USER);
        assert_int_equal(perf_record_caller(&record, 2), 0x402000);
        check_cuts(bytes, layouts[i]);
        strbuf_release(&bytes);
    }
}

/* A count in the record that its bytes cannot hold, also one whose product overflows. */
static void test_sample_counts(void **state)
{
    static const uint64_t counts[] = {4, UINT64_MAX, UINT64_MAX / 8 + 1, (uint64_t)1 << 61};
    struct strbuf bytes = build_sample(&full);
    struct perf_record record;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
        memcpy(bytes.data + bytes.len - 32, &counts[i], 8); /* of the call chain */
        assert_false(read_exactly(bytes.data, bytes.len, &full, &record));
    }
    strbuf_release(&bytes);
    bytes = build_sample(&full);
    for (size_t i = 1; i < ARRAY_SIZE(counts); i++) {
        memcpy(bytes.data + bytes.len - 80, &counts[i], 8); /* of the group's counters */
        assert_false(read_exactly(bytes.data, bytes.len, &full, &record));
    }
    strbuf_release(&bytes);
}

/* Raw data, then branches: with the hardware's index and counters behind them, or without. */
static void test_branches(void **state)
{
    static const uint64_t kinds[] = {0, PERF_SAMPLE_BRANCH_HW_INDEX, 1U << 19,
                                     PERF_SAMPLE_BRANCH_HW_INDEX | 1U << 19};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        struct perf_record_layout layout = plain;
        struct strbuf bytes = build_sample(&plain);
        struct perf_record record;
        size_t count_at;
        uint64_t count = 3;

        layout.sample_type |= PERF_SAMPLE_RAW | PERF_SAMPLE_BRANCH_STACK;
        layout.branch_sample_type = kinds[i];
        put_u32(&bytes, 4);
        put_u32(&bytes, 1234567);
        count_at = bytes.len;
        put_u64(&bytes, 2);
        if (kinds[i] & PERF_SAMPLE_BRANCH_HW_INDEX)
            put_u64(&bytes, UINT64_MAX);
        for (uint64_t value = 1; value <= 6; value++)
            put_u64(&bytes, value);
        if (kinds[i] & 1U << 19)
            for (int k = 0; k < 2; k++)
                put_u64(&bytes, UINT64_MAX);
        set_size(&bytes, bytes.len);
        record = read_good(&bytes, &layout);
        assert_int_equal(record.sample.branch_count, 2);
        assert_int_equal(perf_record_branch(&record, 0).from_ip, 1);
        assert_int_equal(perf_record_branch(&record, 0).to_ip, 2);
        assert_int_equal(perf_record_branch(&record, 1).from_ip, 4);
        assert_int_equal(perf_record_branch(&record, 1).to_ip, 5);
        check_cuts(bytes, &layout);
        memcpy(bytes.data + count_at, &count, 8);
        assert_false(read_exactly(bytes.data, bytes.len, &layout, &record));
        strbuf_release(&bytes);
    }
}

enum { STACK_BYTES = 24 };

/* Three registers, and a stack of which `filled` bytes hold something. */
static struct strbuf build_stack_sample(uint64_t abi, uint64_t filled)
{
    struct strbuf bytes = build_sample(&plain);

    put_u64(&bytes, abi);
    for (uint64_t i = 1; abi != PERF_SAMPLE_REGS_ABI_NONE && i <= 3; i++)
        put_u64(&bytes, i * 0x1000);
    put_u64(&bytes, STACK_BYTES);
    strbuf_add(&bytes, "the stack of 24 bytes ..", STACK_BYTES);
    put_u64(&bytes, filled);
    set_size(&bytes, bytes.len);
    return bytes;
}

static struct perf_record_layout stack_layout(void)
{
    struct perf_record_layout layout = plain;

    layout.sample_type |= PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER;
    layout.sample_regs_user = UINT64_C(1) << 63 | 1 << 8 | 1;
    return layout;
}

static void test_registers_and_stack(void **state)
{
    static const uint64_t abis[] = {PERF_SAMPLE_REGS_ABI_NONE, PERF_SAMPLE_REGS_ABI_32,
                                    PERF_SAMPLE_REGS_ABI_64};
    struct perf_record_layout layout = stack_layout();

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(abis); i++) {
        struct strbuf bytes = build_stack_sample(abis[i], 16);
        struct perf_record record = read_good(&bytes, &layout);

        if (abis[i] == PERF_SAMPLE_REGS_ABI_64) {
            assert_int_equal(perf_record_register(&record, 0), 0x1000);
            assert_int_equal(perf_record_register(&record, 2), 0x3000);
        } else
            assert_null(record.sample.registers);
        assert_int_equal(record.sample.stack_bytes, 16);
        assert_memory_equal(record.sample.stack, "the stack of 24 ", 16);
        check_cuts(bytes, &layout);
        strbuf_release(&bytes);
    }
}

/* More in it than was copied is damage; nothing in it, or nothing copied, is no stack. */
static void test_stack_sizes(void **state)
{
    struct perf_record_layout layout = stack_layout();
    struct strbuf bytes = build_stack_sample(PERF_SAMPLE_REGS_ABI_64, STACK_BYTES + 1);
    struct perf_record record;
    uint64_t none = 0, huge = UINT64_MAX;

    (void)state;
    assert_false(read_exactly(bytes.data, bytes.len, &layout, &record));
    memcpy(bytes.data + bytes.len - 8, &none, 8);
    assert_null(read_good(&bytes, &layout).sample.stack);
    memcpy(bytes.data + bytes.len - STACK_BYTES - 16, &huge, 8);
    assert_false(read_exactly(bytes.data, bytes.len, &layout, &record));
    strbuf_release(&bytes);

    layout.sample_type &= ~(uint64_t)PERF_SAMPLE_REGS_USER;
    bytes = build_sample(&plain);
    put_u64(&bytes, 0); /* and no second size behind it */
    set_size(&bytes, bytes.len);
    assert_null(read_good(&bytes, &layout).sample.stack);
    strbuf_release(&bytes);
}

static void test_map(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(layouts); i++) {
        struct strbuf bytes = build_map(layouts[i], PERF_RECORD_MMAP2,
                                        PERF_RECORD_MISC_MMAP_BUILD_ID | PERF_RECORD_MISC_USER);
        struct perf_record record = read_good(&bytes, layouts[i]);

        assert_int_equal(record.map.start_ip, 0x400000);
        assert_int_equal(record.map.limit_ip, 0x403000);
        assert_int_equal(record.map.pgoff, 0x1000);
        assert_string_equal(record.map.name, "/usr/bin/program");
        assert_int_equal(record.map.build_id_len, 20);
        assert_memory_equal(record.map.build_id, "0123456789abcdefghij", 20);
        assert_false(record.map.is_data);
        check_cuts(bytes, layouts[i]);
        strbuf_release(&bytes);
    }
}

static void test_map_without_build_id(void **state)
{
    static const uint32_t types[] = {PERF_RECORD_MMAP, PERF_RECORD_MMAP2};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        struct strbuf bytes = build_map(&plain, types[i], PERF_RECORD_MISC_MMAP_DATA);
        struct perf_record record = read_good(&bytes, &plain);

        assert_string_equal(record.map.name, "/usr/bin/program");
        assert_int_equal(record.map.build_id_len, 0);
        assert_true(record.map.is_data);
        check_cuts(bytes, &plain);
        strbuf_release(&bytes);
    }
}

static void test_map_hostile(void **state)
{
    struct strbuf bytes = build_map(&plain, PERF_RECORD_MMAP2, PERF_RECORD_MISC_MMAP_BUILD_ID);
    struct perf_record record;
    uint64_t huge = UINT64_MAX;

    (void)state;
    memcpy(bytes.data + 24, &huge, 8); /* a length that wraps around */
    assert_true(read_exactly(bytes.data, bytes.len, &plain, &record));
    assert_true(record.map.limit_ip == UINT64_MAX);
    bytes.data[40] = 21; /* build id longer than its field */
    assert_false(read_exactly(bytes.data, bytes.len, &plain, &record));
    bytes.data[40] = 20;
    memset(bytes.data + 72, 'x', 24); /* a name that does not end */
    assert_false(read_exactly(bytes.data, bytes.len, &plain, &record));
    strbuf_release(&bytes);
}

static void test_tasks(void **state)
{
    static const uint32_t types[] = {PERF_RECORD_FORK, PERF_RECORD_EXIT};

    (void)state;
    for (size_t i = 0; i < 2 * ARRAY_SIZE(types); i++) {
        struct strbuf bytes = build_other(layouts[i % 2], types[i / 2]);
        struct perf_record record = read_good(&bytes, layouts[i % 2]);

        assert_int_equal(record.task.parent_pid, PID + 10);
        assert_int_equal(record.task.parent_tid, TID + 10);
        check_cuts(bytes, layouts[i % 2]);
        strbuf_release(&bytes);
    }
}

static void test_others(void **state)
{
    static const uint32_t types[] = {PERF_RECORD_COMM, PERF_RECORD_LOST, PERF_RECORD_LOST_SAMPLES,
                                     PERF_RECORD_THROTTLE};

    (void)state;
    for (size_t i = 0; i < 2 * ARRAY_SIZE(types); i++) {
        struct strbuf bytes = build_other(layouts[i % 2], types[i / 2]);
        struct perf_record record = read_good(&bytes, layouts[i % 2]);

        if (record.type == PERF_RECORD_COMM)
            assert_string_equal(record.name, "worker");
        else if (record.type != PERF_RECORD_THROTTLE)
            assert_int_equal(record.lost, 42);
        check_cuts(bytes, layouts[i % 2]);
        strbuf_release(&bytes);
    }
}

/* A type from a kernel newer than we: only the trailer is understood. */
static void test_unknown_type(void **state)
{
    struct strbuf bytes = {0};

    (void)state;
    put_header(&bytes, 63, 0);
    put_u64(&bytes, 1);
    put_trailer(&bytes, &plain);
    set_size(&bytes, bytes.len);
    assert_int_equal(read_good(&bytes, &plain).type, 63);
    strbuf_release(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sample),
        cmocka_unit_test(test_sample_counts),
        cmocka_unit_test(test_branches),
        cmocka_unit_test(test_registers_and_stack),
        cmocka_unit_test(test_stack_sizes),
        cmocka_unit_test(test_map),
        cmocka_unit_test(test_map_without_build_id),
        cmocka_unit_test(test_map_hostile),
        cmocka_unit_test(test_tasks),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_unknown_type),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
