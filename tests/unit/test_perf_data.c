/* The reader of perf.data files: every form of one recording gives the same records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>

#include "../tools/perf_writer.h"
#include "base/memory.h"
#include "profile/perf_data.h"

#define ID "0123456789abcdef0123456789abcdef01234567"

static const struct perf_branch branches[] = {{0x401020, 0x401000}, {0x401080, 0x401010}};
static const uint64_t callers[] = {0x402001, 0x403002};

/* A line for each record: what was recorded is compared as text. */
static void print(struct strbuf *out, const struct perf_record *record)
{
    strbuf_add_format(out, "%" PRIu64 " type %u pid %u event %u", record->time_ns, record->type,
                      record->pid, record->event);
    if (record->type == PERF_RECORD_MMAP || record->type == PERF_RECORD_MMAP2) {
        strbuf_add_format(out, " %" PRIx64 "-%" PRIx64 " @%" PRIx64 " %s ", record->map.start_ip,
                          record->map.limit_ip, record->map.pgoff, record->map.name);
        for (size_t i = 0; i < record->map.build_id_len; i++)
            strbuf_add_format(out, "%02x", record->map.build_id[i]);
    } else if (record->type == PERF_RECORD_FORK) {
        strbuf_add_format(out, " parent %u", record->task.parent_pid);
    } else if (record->type == PERF_RECORD_LOST) {
        strbuf_add_format(out, " lost %" PRIu64, record->lost);
    } else if (record->type == PERF_RECORD_SAMPLE) {
        strbuf_add_format(out, " ip %" PRIx64, record->sample.ip);
        for (size_t i = 0; i < record->sample.chain_count; i++)
            strbuf_add_format(out, " chain %" PRIx64, perf_record_caller(record, i));
        for (size_t i = 0; i < record->sample.branch_count; i++)
            strbuf_add_format(out, " %" PRIx64 "->%" PRIx64, perf_record_branch(record, i).from_ip,
                              perf_record_branch(record, i).to_ip);
    }
    strbuf_add_char(out, '\n');
}

static struct strbuf read_all(const struct strbuf *file, struct err *err)
{
    /* a copy of exactly its size, so that a read beyond it is found */
    unsigned char *bytes = mem_alloc(file->len + !file->len);
    struct perf_data *data;
    struct perf_record record;
    enum perf_data_step step = PERF_DATA_ERROR;
    struct strbuf out = {0};

    memcpy(bytes, file->data, file->len);
    data = perf_data_open(bytes, file->len, NULL, err);
    while (data && (step = perf_data_next(data, &record, err)) == PERF_DATA_RECORD)
        print(&out, &record);
    assert_int_equal(step == PERF_DATA_ERROR, err->kind != ERR_NONE);
    perf_data_close(data);
    free(bytes);
    return out;
}

/* Two events, two processes, records out of order within a round. */
static void record(struct perf_writer *writer, bool has_branches)
{
    struct perf_writer_event cycles = {.name = "cycles:u", .has_chain = true};
    struct perf_writer_event taken = {.config = 4,
                                      .name = "branches:u",
                                      .has_branches = has_branches,
                                      .has_branch_index = has_branches};
    struct perf_writer_sample sample = {.time_ns = 30, .ip = 0x401005, .pid = 7};

    perf_writer_event(writer, cycles);
    perf_writer_event(writer, taken);
    perf_writer_map(writer, 10, 7, 0x400000, 0x3000, 0x1000, "/bin/program", NULL);
    perf_writer_map(writer, 11, 7, 0x7f0000, 0x1000, 0, "/lib/library", ID);
    perf_writer_build_id(writer, "/bin/program", "00ff00ff");
    sample.callers = callers;
    sample.caller_count = 2;
    perf_writer_sample(writer, &sample);
    perf_writer_fork(writer, 20, 8, 7);
    perf_writer_round(writer);
    sample = (struct perf_writer_sample){.time_ns = 25, .ip = 0x401020, .pid = 8, .event = 1};
    sample.branches = branches;
    sample.branch_count = has_branches ? 2 : 0;
    perf_writer_sample(writer, &sample);
    perf_writer_lost(writer, 41, 5);
    perf_writer_round(writer);
    perf_writer_exec(writer, 40, 8);
    sample.time_ns = 41; /* after the record of the same time that was written before it */
    perf_writer_sample(writer, &sample);
}

static const char *const expected[] = {
    "10 type 1 pid 7 event 0 400000-403000 @1000 /bin/program 00ff00ff\n"
    "11 type 10 pid 7 event 0 7f0000-7f1000 @0 /lib/library " ID "\n"
    "20 type 7 pid 8 event 0 parent 7\n"
    "25 type 9 pid 8 event 1 ip 401020\n"
    "30 type 9 pid 7 event 0 ip 401005 chain fffffffffffffe00 chain 401005 chain 402001 "
    "chain 403002\n"
    "40 type 3 pid 8 event 0\n"
    "41 type 2 pid 0 event 0 lost 5\n"
    "41 type 9 pid 8 event 1 ip 401020\n",
    "10 type 1 pid 7 event 0 400000-403000 @1000 /bin/program 00ff00ff\n"
    "11 type 10 pid 7 event 0 7f0000-7f1000 @0 /lib/library " ID "\n"
    "20 type 7 pid 8 event 0 parent 7\n"
    "25 type 9 pid 8 event 1 ip 401020 401020->401000 401080->401010\n"
    "30 type 9 pid 7 event 0 ip 401005 chain fffffffffffffe00 chain 401005 chain 402001 "
    "chain 403002\n"
    "40 type 3 pid 8 event 0\n"
    "41 type 2 pid 0 event 0 lost 5\n"
    "41 type 9 pid 8 event 1 ip 401020 401020->401000 401080->401010\n",
};

/* An attribute of 64 or 72 bytes cannot ask for branches. */
static void test_every_form(void **state)
{
    static const size_t attr_bytes[] = {64, 72, 80, 96, 136};

    (void)state;
    for (unsigned form = 0; form < 12 * ARRAY_SIZE(attr_bytes); form++) {
        size_t bytes = attr_bytes[form / 12];
        struct perf_writer writer = {.is_pipe = form & 1,
                                     .is_swapped = form & 2,
                                     .attr_bytes = bytes,
                                     .compression = form % 12 / 4};
        struct err err = {0};
        struct strbuf file, text;

        record(&writer, bytes >= 80);
        file = perf_writer_finish(&writer);
        text = read_all(&file, &err);
        assert_string_equal(err.message, "");
        assert_string_equal(strbuf_text(&text), expected[bytes >= 80]);
        strbuf_release(&text);
        strbuf_release(&file);
        perf_writer_release(&writer);
    }
}

static void test_events(void **state)
{
    struct perf_writer writer = {0};
    const struct perf_data_event *events;
    struct err err = {0};
    struct perf_data *data;
    struct strbuf file;
    size_t count;

    (void)state;
    record(&writer, true);
    file = perf_writer_finish(&writer);
    assert_true(perf_data_is(file.data, file.len));
    assert_false(perf_data_is("PERFILE", 7));
    data = perf_data_open(file.data, file.len, NULL, &err);
    events = perf_data_events(data, &count);
    assert_int_equal(count, 2);
    assert_string_equal(events[0].name, "cycles:u");
    assert_string_equal(events[1].name, "branches:u");
    assert_int_equal(events[1].config, 4);
    assert_true(events[0].layout.sample_id_all);
    assert_int_equal(events[1].layout.branch_sample_type,
                     PERF_SAMPLE_BRANCH_ANY | PERF_SAMPLE_BRANCH_HW_INDEX);
    perf_data_close(data);
    strbuf_release(&file);
    perf_writer_release(&writer);
}

/* A file of many rounds gives its records while it is read, and in the order of their times. */
static void test_rounds(void **state)
{
    for (int compression = PERF_WRITER_PLAIN; compression <= PERF_WRITER_COMPRESSED2;
         compression++) {
        struct perf_writer writer = {.compression = (enum perf_writer_compression)compression};
        struct perf_writer_event event = {.name = "cycles"};
        struct strbuf file, text;
        struct err err = {0};
        uint64_t last = 0;
        size_t count = 0;

        (void)state;
        perf_writer_event(&writer, event);
        for (uint64_t i = 0; i < 2000; i++) { /* four rings, one after the other */
            uint64_t ring = i / 25 % 4, round = i / 100, at = 4 * (i % 25) + ring;
            struct perf_writer_sample sample = {.time_ns = 100 * round + at + 1, .ip = i};

            perf_writer_sample(&writer, &sample);
            if (i % 100 == 99)
                perf_writer_round(&writer);
        }
        file = perf_writer_finish(&writer);
        text = read_all(&file, &err);
        for (const char *line = text.data; *line; line = strchr(line, '\n') + 1, count++) {
            uint64_t time_ns = strtoull(line, NULL, 10);

            assert_int_equal(time_ns, last + 1);
            last = time_ns;
        }
        assert_int_equal(count, 2000);
        strbuf_release(&text);
        strbuf_release(&file);
        perf_writer_release(&writer);
    }
}

/* A recording that was killed: no length in the header, and no features. */
static void test_killed(void **state)
{
    struct perf_writer writer = {.is_killed = true};
    struct strbuf file, text;
    struct err err = {0};

    (void)state;
    record(&writer, true);
    file = perf_writer_finish(&writer);
    text = read_all(&file, &err);
    assert_string_equal(err.message, "");
    assert_non_null(strstr(strbuf_text(&text), "/bin/program \n")); /* no build id */
    assert_non_null(strstr(strbuf_text(&text), "401020->401000"));
    strbuf_release(&text);
    strbuf_release(&file);
    perf_writer_release(&writer);
}

/* Wherever a file is cut, the records before it are whole, and what follows is an error. */
static void test_cut_anywhere(void **state)
{
    (void)state;
    for (unsigned form = 0; form < 12; form++) {
        struct perf_writer writer = {
            .is_pipe = form & 1, .is_swapped = form & 2, .compression = form / 4};
        struct strbuf file;
        size_t whole;

        record(&writer, true);
        file = perf_writer_finish(&writer);
        whole = file.len;
        for (file.len = 0; file.len < whole; file.len++) {
            struct err err = {0};
            struct strbuf text = read_all(&file, &err);

            assert_true(err.kind == ERR_NONE || err.kind == ERR_FORMAT);
            assert_int_equal(strbuf_text(&text)[0] ? '1' : '\0', strbuf_text(&text)[0]);
            strbuf_release(&text);
        }
        strbuf_release(&file);
        perf_writer_release(&writer);
    }
}

static void check_refused(const void *bytes, size_t len, const char *message)
{
    struct strbuf file = {.data = (char *)(uintptr_t)bytes, .len = len};
    struct err err = {0};
    struct strbuf text = read_all(&file, &err);

    assert_string_equal(err.message, message);
    strbuf_release(&text);
}

static void test_messages(void **state)
{
    struct perf_writer writer = {0};
    struct strbuf file;

    (void)state;
    check_refused("PERFILE", 7, "not a perf.data file: it does not begin with PERFILE2");
    check_refused("PERFILE2\x10\0\0\0\0\0\0\0", 16, "no event attribute before byte 16");
    check_refused("PERFILE2\xff\0\0\0\0\0\0\0", 16, "a header of 255 bytes in a file of 16");
    record(&writer, true);
    file = perf_writer_finish(&writer);
    check_refused(file.data, 300, "records at byte 408 of a file of 300 bytes");
    check_refused(file.data, 1000, "record at byte 952: 48 bytes, within a record");
    strbuf_release(&file);
    perf_writer_release(&writer);
}

/* A record that is as good as endless: the bytes are refused before they are kept. */
static void test_damaged_compressed_record(void **state)
{
    struct perf_writer writer = {.compression = PERF_WRITER_COMPRESSED};
    struct strbuf file, text;
    struct err err = {0};

    (void)state;
    record(&writer, true);
    memset(writer.records.data + 4, 0, 4); /* the first record's size */
    for (int i = 0; i < 100; i++)
        perf_writer_map(&writer, 50, 7, 0x400000, 0x3000, 0, writer.events[0].name, ID);
    file = perf_writer_finish(&writer);
    text = read_all(&file, &err);
    assert_int_equal(err.kind, ERR_FORMAT);
    strbuf_release(&text);
    strbuf_release(&file);
    perf_writer_release(&writer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_form),
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_rounds),
        cmocka_unit_test(test_killed),
        cmocka_unit_test(test_cut_anywhere),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_damaged_compressed_record),
    };

    return cmocka_run_group_tests_name("perf_data", tests, NULL, NULL);
}
