/* Counts of addresses: order does not matter, nothing is lost, text is read strictly. */
#include "../../pgo-convert/counts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "base/compiler.h"

static void test_sort_adds_up(void **state)
{
    static const struct count in[] = {{0x30, 1}, {0x10, 5}, {0x30, 2}, {0x20, 0}, {0x10, 7}};
    static const struct count out[] = {{0x10, 12}, {0x20, 0}, {0x30, 3}};

    (void)state;
    for (size_t start = 0; start < ARRAY_SIZE(in); start++) {
        struct counts counts = {0};

        for (size_t i = 0; i < ARRAY_SIZE(in); i++) {
            const struct count *at = &in[(start + i) % ARRAY_SIZE(in)];

            counts_add(&counts, at->vaddr, at->count);
        }
        counts_sort(&counts);
        assert_int_equal(counts.count, ARRAY_SIZE(out));
        assert_memory_equal(counts.items, out, sizeof(out));
        counts_release(&counts);
    }
}

static void test_sort_of_none_and_saturation(void **state)
{
    struct counts counts = {0};

    (void)state;
    counts_sort(&counts);
    assert_int_equal(counts.count, 0);
    counts_add(&counts, 0, UINT64_MAX);
    counts_add(&counts, 0, 1);
    counts_sort(&counts);
    assert_int_equal(counts.count, 1);
    assert_true(counts.items[0].count == UINT64_MAX);
    counts_release(&counts);
}

static bool read(const char *text, struct counts *counts, struct err *err)
{
    return counts_read(text, strlen(text), counts, err);
}

static void test_read(void **state)
{
    static const struct count expected[] = {{0x1a, 5}, {0x1a, 0}, {0xffffffffffffffff, 7}};
    struct counts counts = {0};
    struct err err = {0};

    (void)state;
    assert_true(read("", &counts, &err));
    assert_true(read("\n\n", &counts, &err));
    assert_int_equal(counts.count, 0);
    assert_true(read("1a 5\n\n0x1A 0\nffffffffffffffff 7", &counts, &err));
    assert_int_equal(counts.count, ARRAY_SIZE(expected));
    assert_memory_equal(counts.items, expected, sizeof(expected));
    counts_release(&counts);
}

static void expect_error(const char *text, const char *where)
{
    struct counts counts = {0};
    struct err err = {0};

    assert_false(read(text, &counts, &err));
    assert_int_equal(err.kind, ERR_FORMAT);
    assert_non_null(strstr(err.message, where));
    counts_release(&counts);
}

static void test_read_refuses(void **state)
{
    (void)state;
    expect_error("10", "line 1");
    expect_error("10 ", "line 1");
    expect_error("10 1\n 20 1\n", "line 2");
    expect_error("10 1\n20 1 \n", "line 2");
    expect_error("10 1\n\n20\t1\n", "line 3");
    expect_error("10 -1\n", "line 1");
    expect_error("-10 1\n", "line 1");
    expect_error("1g 1\n", "line 1");
    expect_error("10 1f\n", "line 1");
    expect_error("10 18446744073709551616\n", "line 1");
    expect_error("10000000000000000 1\n", "line 1");
    expect_error("10 1\n10 "
                 "000000000000000000000000000000000000000000000000000000000000000000000000000001",
                 "line 2: too long");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sort_adds_up),
        cmocka_unit_test(test_sort_of_none_and_saturation),
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_read_refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
