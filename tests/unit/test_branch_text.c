/* Branch records as text: both forms, and what is refused. */
#include "../../pgo-convert/branch_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "fixture.h"

static bool read_text(const char *text, struct binaries *binaries, struct report *report,
                      struct err *err)
{
    char *path = fixture_path("dwarf5"), *copy = mem_strdup(text);
    const char *paths[] = {path};
    bool done;

    assert_true(binaries_open(binaries, paths, 1, err));
    done = branch_text_read(copy, strlen(copy), 2, binaries, report, err);
    free(copy);
    free(path);
    return done;
}

static uint64_t count_of(const struct branches_table *table, uint64_t from, uint64_t to)
{
    for (size_t i = 0; i < table->slot_count; i++)
        if (table->slots[i].count && table->slots[i].from_vaddr == from &&
            table->slots[i].to_vaddr == to)
            return table->slots[i].count;
    return 0;
}

/* The fixture has one segment with code, which starts at 0: both forms count from there. */
static void check(const char *text)
{
    struct binaries binaries = {0};
    struct report report = {0};
    struct err err = {0};
    const struct branches *branches;
    uint64_t code;

    assert_true(branch_text_is(text, strlen(text)));
    assert_true(read_text(text, &binaries, &report, &err));
    code = fixture_symbol(binaries.items[0]->image, "pick").start_vaddr;
    branches = &binaries.items[0]->branches;
    assert_int_equal(branches->ranges.count, 2);
    assert_int_equal(count_of(&branches->ranges, code, code + 4), 2 * 7);
    assert_int_equal(count_of(&branches->ranges, 0x10, 0x20), 2 * 1);
    assert_int_equal(branches->jumps.count, 2);
    assert_int_equal(count_of(&branches->jumps, code, code + 2), 2 * 3);
    assert_int_equal(count_of(&branches->jumps, BRANCHES_OUTSIDE, code), 2 * 5);
    assert_int_equal(report.sample_count, 2 * 8);
    assert_true(binaries.items[0]->is_used);
    binaries_close(&binaries);
}

static uint64_t pick_vaddr(void)
{
    struct image *image = fixture_open("dwarf5");
    uint64_t vaddr = fixture_symbol(image, "pick").start_vaddr;

    image_close(image);
    return vaddr;
}

static void test_forms(void **state)
{
    unsigned at = (unsigned)pick_vaddr();
    char *texts[] = {
        mem_format("2\n%x-%x:7\n10-20:1\n2\n%x->%x:3\nfffffffffff00001->%x:5\n", at, at + 4, at,
                   at + 2, at),
        mem_format("[main:3 @ pick]\n  1\n  %x-%x:7\n  1\n  %x->%x:3\n[main]\n  1\n  10-20:1\n"
                   "  1\n  1->%x:5\n",
                   at, at + 4, at, at + 2, at),
        mem_format("2\n%x-%x:7\n10-20:1\n1\n%x:99\n2\n%x->%x:3\n1->%x:5\n", at, at + 4, at, at,
                   at + 2, at),
        mem_format("3\n%x-%x:5\n%x-%x:2\n10-20:1\n0\n2\r\n%x->%x:3\n1->%x:5", at, at + 4, at,
                   at + 4, at, at + 2, at),
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        check(texts[i]);
        free(texts[i]);
    }
}

/* Without ranges the sampled addresses are samples of time. */
static void test_addresses_alone(void **state)
{
    struct binaries binaries = {0};
    struct report report = {0};
    struct err err = {0};

    (void)state;
    assert_true(read_text("0\n2\n400:3\n500:4\n0\n", &binaries, &report, &err));
    assert_int_equal(binaries.items[0]->samples.count, 2);
    assert_int_equal(binaries.items[0]->samples.items[1].vaddr, 0x500);
    assert_int_equal(binaries.items[0]->samples.items[1].count, 8);
    assert_int_equal(report.sample_count, 14);
    binaries_close(&binaries);
}

static void test_refused(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"1\n400-500:1\n", "the text ends after line 2, expected a number of lines"},
        {"2\n400-500:1\n", "the text ends after line 2, expected a range FIRST-LAST:COUNT"},
        {"1\n400-500\n0\n", "line 2: found '400-500', expected a range FIRST-LAST:COUNT"},
        {"1\n400-5x0:1\n0\n", "line 2: found '400-5x0:1', expected a range FIRST-LAST:COUNT"},
        {"1\n400-500:1\n1\n400->500:\n",
         "line 4: found '400->500:', expected a branch FROM->TO:COUNT"},
        {"0\n1\n400:1\nx\n", "line 4: found 'x', expected a number of lines"},
        {"99999999999999999999\n0\n",
         "line 1: found '99999999999999999999', expected a number of lines"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct binaries binaries = {0};
        struct report report = {0};
        struct err err = {0};

        assert_false(read_text(cases[i].text, &binaries, &report, &err));
        assert_string_equal(err.message, cases[i].message);
        assert_int_equal(report.sample_count, 0);
        assert_int_equal(binaries.items[0]->branches.ranges.count, 0);
        binaries_close(&binaries);
    }
}

static void test_is(void **state)
{
    static const char *const others[] = {"",        "1",  "main:3:4\n 1: 3\n",
                                         "400 7\n", "[x", "12\nabc\n"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(others); i++)
        assert_false(branch_text_is(others[i], strlen(others[i])));
}

static void test_no_binary(void **state)
{
    struct binaries binaries = {0};
    struct report report = {0};
    struct err err = {0};

    (void)state;
    assert_false(branch_text_read("0\n0\n", 4, 1, &binaries, &report, &err));
    assert_int_equal(err.kind, ERR_USAGE);
    assert_string_equal(err.hint, "name the one executable that was profiled: --binary=FILE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),     cmocka_unit_test(test_addresses_alone),
        cmocka_unit_test(test_refused),   cmocka_unit_test(test_is),
        cmocka_unit_test(test_no_binary),
    };

    return cmocka_run_group_tests_name("branch_text", tests, NULL, NULL);
}
