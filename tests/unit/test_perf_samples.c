/* From perf.data with an exactly known execution to exact counts, calls and samples. */
#include "../../pgo-convert/perf_samples.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>
#include <linux/perf_event.h>

#include "../../pgo-convert/executions.h"
#include "../tools/perf_writer.h"
#include "binary/blocks.h"
#include "fixture.h"

#define BUILD_ID  "0123456789abcdef"
#define PROGRAM   "/somewhere/program"
#define LIBRARY   UINT64_C(0x7f1234567000) /* not mapped */
#define MAP_BYTES 0x10000

/* The fixture, and where its functions and blocks lie; its first segment has offset 0, vaddr 0. */
struct setting {
    struct binaries binaries;
    struct binary *binary;
    struct image_symbol sum, pick, start;
    struct blocks blocks; /* of sum */
    struct report report;
    struct perf_writer writer;
};

static void set_up(struct setting *setting, struct perf_writer writer)
{
    char *path = fixture_path("dwarf5");
    const char *paths[] = {path};
    struct perf_writer_event event = {.name = "branches", .has_branches = true};
    struct disassembler *disassembler;
    struct err err = {0};

    *setting = (struct setting){.writer = writer};
    assert_true(binaries_open(&setting->binaries, paths, 1, &err));
    setting->binary = setting->binaries.items[0];
    setting->sum = fixture_symbol(setting->binary->image, "sum");
    setting->pick = fixture_symbol(setting->binary->image, "pick");
    setting->start = fixture_symbol(setting->binary->image, "start");
    disassembler = blocks_open(setting->binary->image, &err);
    assert_true(blocks_read(disassembler, setting->sum.start_vaddr, setting->sum.end_vaddr,
                            &setting->blocks));
    blocks_close(disassembler);
    perf_writer_event(&setting->writer, event);
    free(path);
}

static void tear_down(struct setting *setting)
{
    blocks_release(&setting->blocks);
    perf_writer_release(&setting->writer);
    report_release(&setting->report);
    binaries_close(&setting->binaries);
}

static void map(struct setting *setting, uint64_t time_ns, uint32_t pid, uint64_t bias)
{
    perf_writer_map(&setting->writer, time_ns, pid, bias, MAP_BYTES, 0, PROGRAM, BUILD_ID);
}

/* A sample whose branches, newest first, lie at a load address. An unmapped one stays. */
static void sample(struct setting *setting, uint64_t time_ns, uint32_t pid, uint64_t bias,
                   const struct perf_branch *branches, size_t count)
{
    struct perf_branch moved[8];
    struct perf_writer_sample record = {
        .time_ns = time_ns, .ip = bias + 1, .pid = pid, .branches = moved, .branch_count = count};

    for (size_t i = 0; i < count; i++) {
        uint64_t from = branches[i].from_ip, to = branches[i].to_ip;

        moved[i].from_ip = from < MAP_BYTES ? from + bias : from;
        moved[i].to_ip = to < MAP_BYTES ? to + bias : to;
    }
    perf_writer_sample(&setting->writer, &record);
}

static void convert(struct setting *setting)
{
    struct strbuf file = perf_writer_finish(&setting->writer);
    struct err err = {0};

    assert_true(
        perf_samples_read(file.data, file.len, 1, &setting->binaries, &setting->report, &err));
    assert_true(executions_find(&setting->binaries, &setting->report, &err));
    strbuf_release(&file);
}

static const struct instruction *first_of(const struct blocks *blocks, size_t block)
{
    return &blocks->instructions[blocks->blocks[block].first];
}

static uint64_t end_of(const struct blocks *blocks, size_t block)
{
    return first_of(blocks, block)[blocks->blocks[block].count - 1].vaddr;
}

static uint64_t execution_at(const struct setting *setting, uint64_t vaddr)
{
    const struct counts *counts = &setting->binary->executions;

    for (size_t i = 0; i < counts->count; i++)
        if (counts->items[i].vaddr == vaddr)
            return counts->items[i].count;
    return UINT64_MAX; /* unknown, which is not 0 */
}

static uint64_t calls_of(const struct setting *setting, uint64_t from_vaddr, uint64_t to_vaddr)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < setting->binary->call_count; i++)
        if (setting->binary->calls[i].from_vaddr == from_vaddr &&
            setting->binary->calls[i].to_vaddr == to_vaddr)
            sum += setting->binary->calls[i].count;
    return sum;
}

/*
 * Entered from a library, the first block runs to its end, jumps to block 1, which runs to its
 * end too: n times in one process, m times in its child, and k times in what that then executes.
 */
static void test_processes(void **state)
{
    (void)state;
    for (unsigned form = 0; form < 12; form++) {
        struct perf_writer writer = {
            .is_pipe = form & 1, .is_swapped = form & 2, .compression = form / 4};
        const uint64_t biases[] = {0x555555554000, 0x555555554000, 0x7e0000000000};
        struct setting setting;
        uint64_t entry, last, next, end, time_ns = 10;

        set_up(&setting, writer);
        entry = setting.sum.start_vaddr;
        last = end_of(&setting.blocks, 0);
        next = first_of(&setting.blocks, 1)->vaddr;
        end = end_of(&setting.blocks, 1);
        map(&setting, 1, 7, biases[0]);
        for (uint32_t process = 0; process < 3; process++) {
            struct perf_branch branches[] = {{end, LIBRARY}, {last, next}, {LIBRARY + 8, entry}};

            if (process == 1)
                perf_writer_fork(&setting.writer, time_ns++, 8, 7);
            if (process == 2) {
                perf_writer_exec(&setting.writer, time_ns++, 8);
                sample(&setting, time_ns++, 8, biases[0], branches, 3); /* nothing is mapped */
                map(&setting, time_ns++, 8, biases[2]);
            }
            for (uint32_t i = 0; i <= process; i++)
                sample(&setting, time_ns++, process ? 8 : 7, biases[process], branches, 3);
        }
        convert(&setting);
        for (size_t block = 0; block < setting.blocks.block_count; block++)
            for (size_t i = 0; i < setting.blocks.blocks[block].count; i++)
                assert_int_equal(execution_at(&setting, first_of(&setting.blocks, block)[i].vaddr),
                                 block < 2 ? 6 : 0);
        assert_int_equal(execution_at(&setting, setting.pick.start_vaddr), UINT64_MAX);
        assert_int_equal(setting.binary->call_count, 1);
        assert_int_equal(calls_of(&setting, BRANCHES_OUTSIDE, entry), 6);
        assert_int_equal(setting.report.sample_count, 7);
        assert_int_equal(setting.report.by_address, 6);
        assert_int_equal(setting.report.dropped[DROP_NO_ADDRESS], 1);
        assert_int_equal(setting.report.ranges.count, 12);
        assert_int_equal(setting.report.ranges.bogus_count, 0);
        tear_down(&setting);
    }
}

/* Calls count, from where they are made; a loop to the function's start is none. */
static void test_calls(void **state)
{
    struct setting setting;
    struct perf_branch branches[3];
    uint64_t site, loop;

    (void)state;
    set_up(&setting, (struct perf_writer){0});
    site = setting.start.start_vaddr + 1;
    loop = end_of(&setting.blocks, 0);
    branches[0] = (struct perf_branch){loop, setting.sum.start_vaddr};
    branches[1] = (struct perf_branch){site, setting.sum.start_vaddr};
    branches[2] = (struct perf_branch){loop, first_of(&setting.blocks, 1)->vaddr};
    map(&setting, 1, 7, 0x400000);
    for (uint64_t i = 0; i < 5; i++)
        sample(&setting, 10 + i, 7, 0x400000, branches, i < 2 ? 3 : 2);
    convert(&setting);
    assert_int_equal(setting.binary->call_count, 1);
    assert_int_equal(calls_of(&setting, site, setting.sum.start_vaddr), 5);
    tear_down(&setting);
}

/* The block whose end is a jump that is always taken, so that nothing falls through. */
static size_t find_barrier(const struct blocks *blocks)
{
    for (size_t i = 0; i + 1 < blocks->block_count; i++)
        if (blocks->blocks[i].fall_through == BLOCK_NONE)
            return i;
    fail_msg("every block falls through");
    return 0;
}

static void test_bogus_ranges(void **state)
{
    struct setting setting;
    uint64_t entry, barrier, after;

    (void)state;
    set_up(&setting, (struct perf_writer){0});
    entry = setting.sum.start_vaddr;
    barrier = end_of(&setting.blocks, find_barrier(&setting.blocks));
    after = first_of(&setting.blocks, find_barrier(&setting.blocks) + 1)->vaddr;
    map(&setting, 1, 7, 0x400000);
    for (uint64_t i = 0; i < 5; i++) {
        const struct perf_branch cases[][2] = {
            {{barrier, LIBRARY}, {LIBRARY, after}},                     /* backwards */
            {{after, LIBRARY}, {LIBRARY, barrier}},                     /* past a jump */
            {{setting.start.end_vaddr - 1, LIBRARY}, {LIBRARY, entry}}, /* out of the function */
            {{barrier, LIBRARY}, {LIBRARY, barrier + 1}},               /* within an instruction */
            {{first_of(&setting.blocks, 0)->vaddr, LIBRARY}, {LIBRARY, entry}}, /* a good one */
        };

        sample(&setting, 10 + i, 7, 0x400000, cases[i], 2);
    }
    convert(&setting);
    assert_int_equal(setting.report.ranges.count, 5);
    assert_int_equal(setting.report.ranges.bogus_count, 4);
    assert_int_equal(execution_at(&setting, entry), 1);
    assert_int_equal(execution_at(&setting, barrier), 0);
    assert_int_equal(execution_at(&setting, after), 0);
    tear_down(&setting);
}

/* Without branches, samples of time: those of the event that measures it. */
static void test_samples_of_time(void **state)
{
    struct perf_writer_event faults = {.type = PERF_TYPE_SOFTWARE,
                                       .config = PERF_COUNT_SW_PAGE_FAULTS,
                                       .name = "page-faults",
                                       .has_chain = true};
    struct perf_writer_event clock = {.type = PERF_TYPE_SOFTWARE,
                                      .config = PERF_COUNT_SW_CPU_CLOCK,
                                      .name = "cpu-clock",
                                      .has_chain = true};
    struct setting setting;

    (void)state;
    set_up(&setting, (struct perf_writer){0});
    setting.writer.event_count = 0;
    perf_writer_event(&setting.writer, faults);
    perf_writer_event(&setting.writer, clock);
    map(&setting, 1, 7, 0x400000);
    perf_writer_lost(&setting.writer, 2, 3);
    for (uint32_t i = 0; i < 9; i++) {
        uint64_t caller = 0x400000 + setting.start.start_vaddr + 9;
        struct perf_writer_sample record = {.time_ns = 10 + i,
                                            .ip = 0x400000 + setting.pick.start_vaddr + i / 8,
                                            .pid = 7,
                                            .event = i > 2,
                                            .callers = &caller,
                                            .caller_count = 1};

        perf_writer_sample(&setting.writer, &record);
    }
    convert(&setting);
    counts_sort(&setting.binary->samples);
    assert_int_equal(setting.binary->samples.count, 2);
    assert_int_equal(setting.binary->samples.items[0].vaddr, setting.pick.start_vaddr);
    assert_int_equal(setting.binary->samples.items[0].count, 5);
    assert_int_equal(setting.binary->samples.items[1].count, 1);
    assert_int_equal(setting.binary->executions.count, 0);
    assert_int_equal(setting.report.sample_count, 6);
    assert_int_equal(setting.report.lost_count, 3);
    tear_down(&setting);
}

/* Both of one binary: the exact ones stand. */
static void test_samples_beside_branches(void **state)
{
    struct setting setting;
    struct perf_branch branches[2];

    (void)state;
    set_up(&setting, (struct perf_writer){0});
    branches[0] = (struct perf_branch){end_of(&setting.blocks, 0), LIBRARY};
    branches[1] = (struct perf_branch){LIBRARY, setting.sum.start_vaddr};
    map(&setting, 1, 7, 0x400000);
    sample(&setting, 10, 7, 0x400000, branches, 2);
    counts_add(&setting.binary->samples, setting.pick.start_vaddr, 100);
    setting.report.sample_count = setting.report.by_address = 100;
    convert(&setting);
    assert_int_equal(setting.report.dropped[DROP_EXACT], 100);
    assert_int_equal(setting.report.by_address, 1);
    assert_int_equal(setting.report.sample_count, 101);
    assert_int_equal(setting.binary->samples.count, 1);
    assert_int_equal(setting.binary->samples.items[0].vaddr, setting.sum.start_vaddr);
    tear_down(&setting);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_processes),
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_bogus_ranges),
        cmocka_unit_test(test_samples_of_time),
        cmocka_unit_test(test_samples_beside_branches),
    };

    return cmocka_run_group_tests_name("perf_samples", tests, NULL, NULL);
}
