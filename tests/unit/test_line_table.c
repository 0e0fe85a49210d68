/* Line programs made by hand: what each opcode does, each form of the header, and damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "binary/line_table.h"
#include "line_program.h"

static struct line_table read_section(struct section *section)
{
    struct line_table table = {0};
    uint8_t *copy = malloc(section->len); /* of exactly this size, for ASan */

    finish(section);
    memcpy(copy, section->bytes, section->len);
    line_table_read(&table, copy, section->len, 0);
    free(copy);
    return table;
}

static void check(struct section *section, const struct line_row *rows, size_t count)
{
    struct line_table table = read_section(section);

    assert_int_equal(table.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(table.rows[i].vaddr, rows[i].vaddr);
        assert_int_equal(table.rows[i].line, rows[i].line);
        assert_int_equal(table.rows[i].discriminator, rows[i].discriminator);
    }
    line_table_release(&table);
}

#define CHECK(section, ...)                                                                        \
    do {                                                                                           \
        const struct line_row rows[] = {__VA_ARGS__};                                              \
                                                                                                   \
        check(section, rows, ARRAY_SIZE(rows));                                                    \
    } while (0)

static void test_standard_opcodes(void **state)
{
    struct section section = begin(&of_compilers);

    (void)state;
    put_address(&section, 0x1000, 8);
    put(&section, 13 + 5 + 14 * 2 + 3, 1); /* special: 2 bytes and 3 lines on */
    put_op(&section, DW_LNS_set_file, 200);
    put_op(&section, DW_LNS_set_column, 300);
    put(&section, DW_LNS_negate_stmt, 1);
    put(&section, DW_LNS_set_basic_block, 1);
    put(&section, DW_LNS_set_prologue_end, 1);
    put(&section, DW_LNS_set_epilogue_begin, 1);
    put_op(&section, DW_LNS_set_isa, 5);
    put(&section, DW_LNS_const_add_pc, 1); /* (255 - 13) / 14 bytes */
    put(&section, 13 + 0, 1);              /* special: 5 lines back */
    put(&section, DW_LNS_advance_line, 1);
    put_sleb(&section, 100000);
    put_op(&section, DW_LNS_advance_pc, 1000);
    put(&section, DW_LNS_copy, 1);
    put(&section, DW_LNS_fixed_advance_pc, 1);
    put(&section, 0x8000, 2);
    put(&section, DW_LNS_advance_line, 1);
    put_sleb(&section, -99000);
    put(&section, DW_LNS_copy, 1);
    put_op(&section, DW_LNS_advance_pc, 4);
    put_end(&section);
    CHECK(&section, {0x1002, 4, 0}, {0x1013, (uint32_t)-1, 0}, {0x13fb, 99999, 0}, {0x93fb, 999, 0},
          {0x93ff, 0, 0});
}

static void test_discriminators(void **state)
{
    struct section section = begin(&of_compilers);

    (void)state;
    put_address(&section, 0x1000, 8);
    put_discriminator(&section, 2);
    put_row(&section, 0, 4);
    put_row(&section, 1, 0); /* a row ends what the discriminator stands for */
    put_discriminator(&section, 455082007);
    put_row(&section, 1, 0);
    put_discriminator(&section, UINT32_MAX);
    put(&section, 13 + 5 + 14, 1); /* special: 1 byte on */
    put(&section, 13 + 5 + 14, 1);
    put_discriminator(&section, 7);
    put_end(&section);
    put_address(&section, 0x2000, 8); /* and so does an end */
    put_row(&section, 0, 5);
    put_row(&section, 1, 0);
    put_end(&section);
    CHECK(&section, {0x1000, 5, 2}, {0x1001, 5, 0}, {0x1002, 5, 455082007}, {0x1003, 5, UINT32_MAX},
          {0x1004, 5, 0}, {0x1004, 0, 0}, {0x2000, 6, 0}, {0x2001, 6, 0}, {0x2001, 0, 0});
}

/* Also: truncated at each length they give fewer rows, and nothing else happens. */
static void test_headers(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 8; i++) {
        struct shape shape = of_compilers;
        struct section section;

        shape.version = 2 + i / 2;
        shape.is_64_bit = i % 2;
        section = begin(&shape);
        put_address(&section, 0x1000, 8);
        put_row(&section, 2, 9);
        put_op(&section, DW_LNS_advance_pc, 2);
        put_end(&section);
        CHECK(&section, {0x1002, 10, 0}, {0x1004, 0, 0});
        for (; section.len > section.header_length_off; section.len--) {
            struct line_table table = read_section(&section);

            assert_true(table.count <= 2);
            line_table_release(&table);
        }
    }
}

static void test_damaged_headers(void **state)
{
    static const struct shape shapes[] = {
        {1, false, 1, 1, -5, 14, 13}, {6, false, 1, 1, -5, 14, 13}, {5, false, 1, 0, -5, 14, 13},
        {5, false, 1, 1, -5, 0, 13},  {5, false, 1, 1, -5, 14, 0},
    };
    struct section section;
    struct line_table table = {0};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
        section = begin(&shapes[i]);
        put_address(&section, 0x1000, 8);
        put_row(&section, 0, 1);
        put_row(&section, 1, 1);
        put_end(&section);
        check(&section, NULL, 0);
    }
    section = begin(&of_compilers);
    put_sequence(&section, 0x1000, 8, 16, 1);
    put_sequence(&section, 0x2000, 8, 16, 1);
    finish(&section);
    line_table_read(&table, section.bytes, section.len, section.len);
    line_table_read(&table, section.bytes, section.len, UINT64_MAX);
    line_table_read(&table, section.bytes, section.len - 1, 0);
    assert_int_equal(table.count, 0);
    assert_null(line_table_find(&table, 0x1000));
}

/* AArch64: instructions of 4 bytes; fixed_advance_pc counts bytes. */
static void test_long_instructions(void **state)
{
    static const struct shape shape = {4, false, 4, 1, -5, 11, 13};
    struct section section = begin(&shape);

    (void)state;
    put_address(&section, 0x1000, 8);
    put_row(&section, 1, 1);
    put(&section, 13 + 5 + 11 * 3 + 1, 1);
    put(&section, DW_LNS_const_add_pc, 1);
    put(&section, DW_LNS_fixed_advance_pc, 1);
    put(&section, 4, 2);
    put_end(&section);
    CHECK(&section, {0x1004, 2, 0}, {0x1010, 3, 0}, {0x1010 + 22 * 4 + 4, 0, 0});
}

/* Instructions of 16 bytes hold 3 operations; the address moves with every third. */
static void test_several_operations(void **state)
{
    static const struct shape shape = {4, false, 16, 3, -5, 14, 13};
    struct section section = begin(&shape);

    (void)state;
    put_address(&section, 0x1000, 8);
    put_row(&section, 2, 1);
    put_row(&section, 2, 1);               /* operation 4: 1 of the second instruction */
    put(&section, 13 + 5 + 14 * 5 + 1, 1); /* operation 9: 0 of the fourth */
    put_row(&section, 2, 1);
    put(&section, DW_LNS_fixed_advance_pc, 1);
    put(&section, 16, 2); /* and operation 0 */
    put_row(&section, 2, 1);
    put_address(&section, 0x2000, 8); /* and operation 0 */
    put_row(&section, 2, 1);
    put_op(&section, DW_LNS_advance_pc, 1);
    put_end(&section);
    CHECK(&section, {0x1000, 2, 0}, {0x1010, 3, 0}, {0x1030, 4, 0}, {0x1030, 5, 0}, {0x1040, 6, 0},
          {0x2000, 7, 0}, {0x2010, 0, 0});
}

static void test_unknown_opcodes(void **state)
{
    struct shape shape = of_compilers;
    struct section section;

    (void)state;
    shape.opcode_base = 14; /* 13 is unknown and has three operands */
    section = begin(&shape);
    put_address(&section, 0x1000, 8);
    put_op(&section, 13, 1000);
    put_uleb(&section, 1);
    put_uleb(&section, 1);
    put_op(&section, 0, 4); /* extended, unknown */
    put(&section, DW_LNE_lo_user, 4);
    put_op(&section, 0, 3); /* define_file */
    put(&section, DW_LNE_define_file, 3);
    put_op(&section, 0, 0); /* padding */
    put_row(&section, 0, 1);
    put(&section, DW_LNS_const_add_pc, 1);
    put_end(&section);
    CHECK(&section, {0x1000, 2, 0}, {0x1000 + (255 - 14) / 14, 0, 0});

    shape.opcode_base = 10; /* 10 is no set_prologue_end but special */
    section = begin(&shape);
    put_address(&section, 0x1000, 8);
    put(&section, 10 + 5 + 14, 1);
    put(&section, DW_LNS_set_prologue_end, 1);
    put(&section, 10 + 5 + 14 * 2, 1);
    put_end(&section);
    CHECK(&section, {0x1001, 1, 0}, {0x1001, (uint32_t)-4, 0}, {0x1003, (uint32_t)-4, 0},
          {0x1003, 0, 0});
}

static void test_sequences_are_sorted(void **state)
{
    struct section section = begin(&of_compilers);

    (void)state;
    put_sequence(&section, 0x3000, 8, 16, 30);
    put_sequence(&section, 0x1000, 8, 16, 10);
    put_sequence(&section, 0x1010, 8, 16, 11);
    put_sequence(&section, 0x1000, 8, 16, 12); /* folded with line 10 */
    put_sequence(&section, 0x1018, 8, 32, 13); /* damage */
    put_sequence(&section, 0x2000, 8, 0, 20);  /* no code */
    CHECK(&section, {0x1000, 10, 0}, {0x1010, 0, 0}, {0x1010, 11, 0}, {0x1020, 0, 0},
          {0x3000, 30, 0}, {0x3010, 0, 0});
}

static void test_code_that_was_left_out(void **state)
{
    struct section section = begin(&of_compilers);

    (void)state;
    put_sequence(&section, 0, 8, 0x10000, 10);
    put_sequence(&section, UINT64_MAX, 8, 16, 10);
    put_sequence(&section, UINT64_MAX - 1, 8, 16, 10);
    put_sequence(&section, 0, 4, 0x10000, 10);
    put_sequence(&section, UINT32_MAX, 4, 16, 10);
    put_sequence(&section, UINT32_MAX - 1, 4, 16, 10);
    put_row(&section, 16, 1); /* no address at all */
    put_row(&section, 16, 1);
    put_end(&section);
    put_sequence(&section, 0x1000, 4, 16, 1);
    put_sequence(&section, UINT32_MAX, 8, 16, 2);
    put_sequence(&section, 0x2000, 2, 16, 3); /* no size of an address */
    CHECK(&section, {0x1000, 1, 0}, {0x1010, 0, 0}, {UINT32_MAX, 2, 0}, {UINT32_MAX + 16ull, 0, 0});
}

static void test_addresses_that_step_back(void **state)
{
    struct section section = begin(&of_compilers);

    (void)state;
    put_address(&section, 0x2000, 8);
    put_row(&section, 0, 1);
    put_row(&section, 16, 1);
    put_address(&section, 0x1000, 8);
    put_row(&section, 0, 1);
    put_row(&section, 16, 1);
    put_address(&section, 0x800, 8);
    put_end(&section);
    put_address(&section, 0x3000, 8);
    put_row(&section, 0, 1);
    put_row(&section, 16, 1);
    put_address(&section, UINT64_MAX, 8);
    put_row(&section, 0, 1);
    put_end(&section);
    put_address(&section, 0x4000, 8);
    put_row(&section, 0, 1);
    put_row(&section, 16, 1); /* and the table is cut off */
    CHECK(&section, {0x1000, 4, 0}, {0x1010, 5, 0}, {0x1010, 0, 0}, {0x2000, 2, 0}, {0x2010, 3, 0},
          {0x2010, 0, 0}, {0x3000, 2, 0}, {0x3010, 3, 0}, {0x3010, 0, 0}, {0x4000, 2, 0},
          {0x4010, 3, 0}, {0x4010, 0, 0});
}

static void test_find(void **state)
{
    struct section section = begin(&of_compilers);
    struct line_table table;

    (void)state;
    put_address(&section, 0x1000, 8);
    put_row(&section, 0, 1);
    put_row(&section, 4, 1);
    put_row(&section, 0, 1);
    put_op(&section, DW_LNS_advance_pc, 4);
    put_end(&section);
    table = read_section(&section);
    assert_null(line_table_find(&table, 0));
    assert_null(line_table_find(&table, 0xfff));
    assert_int_equal(line_table_find(&table, 0x1000)->line, 2);
    assert_int_equal(line_table_find(&table, 0x1003)->line, 2);
    assert_int_equal(line_table_find(&table, 0x1004)->line, 4); /* the last of that address */
    assert_int_equal(line_table_find(&table, 0x1007)->line, 4);
    assert_int_equal(line_table_find(&table, 0x1008)->line, 0);
    assert_int_equal(line_table_find(&table, UINT64_MAX)->line, 0);
    line_table_release(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_standard_opcodes),
        cmocka_unit_test(test_discriminators),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_damaged_headers),
        cmocka_unit_test(test_long_instructions),
        cmocka_unit_test(test_several_operations),
        cmocka_unit_test(test_unknown_opcodes),
        cmocka_unit_test(test_sequences_are_sorted),
        cmocka_unit_test(test_code_that_was_left_out),
        cmocka_unit_test(test_addresses_that_step_back),
        cmocka_unit_test(test_find),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
