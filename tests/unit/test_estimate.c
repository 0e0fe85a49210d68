/* From samples of addresses to counts of instructions: whole blocks, nothing invented or lost. */
#include "../../pgo-convert/estimate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "binary/blocks.h"
#include "fixture.h"

static struct counts run(const struct image *image, struct counts *samples, enum estimate_rule rule)
{
    struct counts counts = {0};
    struct err err = {0};

    counts_sort(samples);
    assert_true(estimate_counts(image, samples, rule, &counts, &err));
    counts_sort(&counts);
    return counts;
}

static uint64_t count_at(const struct counts *counts, uint64_t vaddr)
{
    for (size_t i = 0; i < counts->count; i++)
        if (counts->items[i].vaddr == vaddr)
            return counts->items[i].count;
    return 0;
}

static struct blocks read_blocks(const struct image *image, struct image_symbol symbol)
{
    struct err err = {0};
    struct disassembler *disassembler = blocks_open(image, &err);
    struct blocks blocks = {0};

    assert_true(blocks_read(disassembler, symbol.start_vaddr, symbol.end_vaddr, &blocks));
    blocks_close(disassembler);
    return blocks;
}

/* All instructions of a block run equally often; without a sample it is not there. */
static void test_block_rule(void **state)
{
    struct image *image = fixture_open("dwarf5");
    struct blocks blocks = read_blocks(image, fixture_symbol(image, "sum"));
    struct counts samples = {0}, counts;

    (void)state;
    for (size_t i = 0; i < blocks.block_count; i += 2)
        counts_add(&samples, blocks.instructions[blocks.blocks[i].first].vaddr, 100 * (i + 1));
    counts = run(image, &samples, ESTIMATE_BLOCK);
    for (size_t i = 0; i < blocks.block_count; i++) {
        const struct instruction *first = &blocks.instructions[blocks.blocks[i].first];
        uint64_t count = count_at(&counts, first->vaddr);
        uint64_t length = blocks.blocks[i].count;

        if (i % 2 == 0) { /* an instruction costs 1 or 2, entering the function up to 10 more */
            uint64_t most = 2 * length + (i == 0 ? 10 : 0);

            assert_true(count >= 100 * (i + 1) * ESTIMATE_SCALE / most);
            assert_true(count <= 100 * (i + 1) * ESTIMATE_SCALE / length + 1);
        } else {
            assert_int_equal(count, 0);
        }
        for (uint64_t j = 1; j < length; j++)
            assert_int_equal(count_at(&counts, first[j].vaddr), count);
    }
    counts_release(&samples);
    counts_release(&counts);
    blocks_release(&blocks);
    image_close(image);
}

/* Where in its block a sample fell says nothing. */
static void test_only_the_block_of_a_sample_matters(void **state)
{
    struct image *image = fixture_open("dwarf5");
    struct blocks blocks = read_blocks(image, fixture_symbol(image, "start"));
    enum estimate_rule rules[] = {ESTIMATE_BLOCK, ESTIMATE_FLOW};

    (void)state;
    for (size_t r = 0; r < ARRAY_SIZE(rules); r++) {
        struct counts first = {0}, last = {0}, from_first, from_last;

        for (size_t i = 0; i < blocks.block_count; i++) {
            const struct block *block = &blocks.blocks[i];

            counts_add(&first, blocks.instructions[block->first].vaddr, i + 1);
            counts_add(&last, blocks.instructions[block->first + block->count - 1].vaddr, i + 1);
        }
        from_first = run(image, &first, rules[r]);
        from_last = run(image, &last, rules[r]);
        assert_int_equal(from_first.count, from_last.count);
        assert_memory_equal(from_first.items, from_last.items,
                            from_first.count * sizeof(*from_first.items));
        counts_release(&first);
        counts_release(&last);
        counts_release(&from_first);
        counts_release(&from_last);
    }
    blocks_release(&blocks);
    image_close(image);
}

/* Flow: what was sampled further on has come in, where there is no loop. */
static void test_flow_rule_fills_in(void **state)
{
    struct image *image = fixture_open("dwarf5");
    struct image_symbol odd = fixture_symbol(image, "odd");
    struct blocks blocks = read_blocks(image, odd);
    const struct block *last = &blocks.blocks[blocks.block_count - 1];
    struct counts samples = {0}, counts;
    uint64_t out;

    (void)state;
    counts_add(&samples, odd.start_vaddr, 900);
    counts_add(&samples, blocks.instructions[last->first].vaddr, 400);
    counts = run(image, &samples, ESTIMATE_FLOW);
    out = count_at(&counts, blocks.instructions[last->first].vaddr);
    assert_true(out > ESTIMATE_SCALE);
    assert_true(count_at(&counts, odd.start_vaddr) >= out - out / 100);
    for (size_t i = 0; i < counts.count; i++)
        assert_true(counts.items[i].vaddr >= odd.start_vaddr &&
                    counts.items[i].vaddr < odd.end_vaddr);
    counts_release(&samples);
    counts_release(&counts);
    blocks_release(&blocks);
    image_close(image);
}

static void test_every_sample_leaves_a_count(void **state)
{
    enum estimate_rule rules[] = {ESTIMATE_BLOCK, ESTIMATE_FLOW};

    (void)state;
    for (size_t f = 0; f < 2 * ARRAY_SIZE(fixture_names); f++) {
        struct image *image = fixture_open(fixture_names[f / 2]);
        const struct image_symbol *symbols;
        struct counts samples = {0}, counts;
        size_t count;

        symbols = image_symbols(image, &count);
        for (size_t i = 0; i < count; i++) {
            struct blocks blocks = read_blocks(image, symbols[i]);

            for (size_t j = 0; j < blocks.instruction_count; j += 3)
                counts_add(&samples, blocks.instructions[j].vaddr, 1 + j % 4 * 500);
            blocks_release(&blocks);
        }
        counts = run(image, &samples, rules[f % 2]);
        for (size_t i = 0; i < samples.count; i++)
            assert_true(count_at(&counts, samples.items[i].vaddr) > 0);
        counts_release(&samples);
        counts_release(&counts);
        image_close(image);
    }
}

static void test_outside_of_symbols_and_overflow(void **state)
{
    struct image *image = fixture_open("dwarf4");
    struct image_symbol start = fixture_symbol(image, "start");
    struct counts samples = {0}, counts;

    (void)state;
    counts_add(&samples, 0x10, 5);       /* the ELF header */
    counts_add(&samples, UINT64_MAX, 3); /* nothing at all */
    counts_add(&samples, UINT64_MAX - 1, 1u << 31);
    counts_add(&samples, start.start_vaddr, UINT64_MAX);
    counts = run(image, &samples, ESTIMATE_BLOCK);
    assert_int_equal(count_at(&counts, 0x10), 5 * ESTIMATE_SCALE);
    assert_int_equal(count_at(&counts, UINT64_MAX), 3 * ESTIMATE_SCALE);
    assert_true(count_at(&counts, start.start_vaddr) == UINT64_MAX);
    counts_release(&counts);
    counts = run(image, &samples, ESTIMATE_FLOW);
    assert_true(count_at(&counts, start.start_vaddr) > 0);
    counts_release(&counts);
    counts_release(&samples);
    counts = run(image, &samples, ESTIMATE_FLOW);
    assert_int_equal(counts.count, 0);
    image_close(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_block_rule),
        cmocka_unit_test(test_only_the_block_of_a_sample_matters),
        cmocka_unit_test(test_flow_rule_fills_in),
        cmocka_unit_test(test_every_sample_leaves_a_count),
        cmocka_unit_test(test_outside_of_symbols_and_overflow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
