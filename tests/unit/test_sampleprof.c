/* The function-sample tree: any order of adding gives the same bytes; LLVM's encodings. */
#include "profile/sampleprof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "profile/sampleprof_read.h"

static void test_discriminators(void **state)
{
    struct sampleprof_discriminator decoded = sampleprof_decode_discriminator(514);

    (void)state;
    assert_int_equal(decoded.base, 1); /* the vector of the design */
    assert_int_equal(decoded.factor, 2);
    assert_int_equal(sampleprof_decode_discriminator(0).base, 0);
    assert_int_equal(sampleprof_decode_discriminator(0).factor, 1);
    assert_int_equal(sampleprof_decode_discriminator(1).base, 0);
    assert_int_equal(sampleprof_decode_discriminator(2).base, 1);
    decoded = sampleprof_decode_discriminator(455082007); /* a call's pseudo-probe: ends in 111 */
    assert_int_equal(decoded.base, 0);
    assert_int_equal(decoded.factor, 1);
    /* 12 bits: 100 is 0b1100100: low 5 bits 4, the rest 3 above the marker bit */
    assert_int_equal(sampleprof_decode_discriminator((4 | 0x20 | (3 << 6)) << 1).base, 100);
}

static void expect_canonical(const char *name, const char *expected)
{
    assert_int_equal(sampleprof_canonical_len(name), strlen(expected));
}

static void test_canonical_names(void **state)
{
    (void)state;
    expect_canonical("main", "main");
    expect_canonical("f.llvm.123", "f");
    expect_canonical("f.part.0", "f");
    expect_canonical("f.cold", "f");
    expect_canonical("f.isra.0.constprop.1", "f");
    expect_canonical("f.__uniq.99", "f.__uniq.99");
    expect_canonical("f.__uniq.99.llvm.7", "f.__uniq.99");
    expect_canonical(".cold", ".cold");
}

static struct sampleprof_site at(uint16_t line_off, uint16_t discriminator)
{
    return (struct sampleprof_site){line_off, discriminator};
}

/* Adds one of a few facts: the test adds them in many orders. */
static void add_fact(struct sampleprof *tree, unsigned fact)
{
    struct sampleprof_function *hot = sampleprof_add_function(tree, "hot", "a.c", false);
    struct sampleprof_function *cold = sampleprof_add_function(tree, "cold", "b.c", true);
    struct sampleprof_function *callee =
        sampleprof_add_callee(tree, hot, at(7, 1), "inlined.llvm.3");

    switch (fact) {
    case 0:
        sampleprof_add_line(tree, hot, at(1, 0))->count = 100;
        break;
    case 1:
        sampleprof_add_line(tree, hot, at(1, 2))->count = 50;
        break;
    case 2:
        sampleprof_add_line(tree, callee, at(3, 0))->count = 9;
        break;
    case 3:
        sampleprof_add_line(tree, cold, at(65535, 0))->count = 0;
        break;
    case 4:
        sampleprof_add_target(tree, sampleprof_add_line(tree, hot, at(5, 0)), "b", 3);
        sampleprof_add_target(tree, sampleprof_add_line(tree, hot, at(5, 0)), "a", 3);
        break;
    default:
        sampleprof_add_target(tree, sampleprof_add_line(tree, hot, at(5, 0)), "c", 4);
        hot->head += 12;
        break;
    }
}

static const char expected_text[] = "hot:159:12\n"
                                    " 1: 100\n"
                                    " 1.2: 50\n"
                                    " 5: 0 c:4 a:3 b:3\n"
                                    " 7.1: inlined:9\n"
                                    "  3: 9\n"
                                    "cold:0:0\n"
                                    " 65535: 0\n"
                                    "#!pgo units 1\n"
                                    "#!pgo unit a.c\n"
                                    "#!pgo  hot inlined\n"
                                    "#!pgo unit z.c\n";

static void test_any_order_gives_the_same_bytes(void **state)
{
    (void)state;
    for (unsigned start = 0; start < 6; start++) {
        struct sampleprof *tree = sampleprof_new();
        struct sampleprof_losses losses;
        struct sampleprof_unit *unit;
        struct strbuf out = {0};

        for (unsigned i = 0; i < 6; i++)
            add_fact(tree, (start + i * (start % 2 ? 5 : 1)) % 6);
        sampleprof_add_unit(tree, "z.c");
        unit = sampleprof_add_unit(tree, "a.c");
        sampleprof_add_unit_name(tree, unit, "inlined");
        assert_ptr_equal(sampleprof_add_unit(tree, "a.c"), unit); /* in two binaries */
        sampleprof_add_unit_name(tree, unit, "not in the profile");
        sampleprof_add_unit_name(tree, unit, "hot");
        sampleprof_add_unit_name(tree, unit, "hot");
        sampleprof_finish(tree);
        sampleprof_write_text(tree, &out, &losses);
        assert_string_equal(out.data, expected_text);
        assert_int_equal(losses.function_count, 0);
        strbuf_release(&out);
        sampleprof_free(tree);
    }
}

static void test_names(void **state)
{
    static const char *const bad[] = {"", "9lives", " f", "#pragma", "f\nmain", "f\tmain", "f\x7f"};
    static const char *const good[] = {"main",      "_ZN1a1bEv",        "a::b<int, char>",
                                       "f\xc3\xa4", "-[Object method]", "f#9"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        assert_false(sampleprof_is_name(bad[i]));
    for (size_t i = 0; i < ARRAY_SIZE(good); i++)
        assert_true(sampleprof_is_name(good[i]));
}

/* A name with a space has its record; the map, whose names are parted by spaces, leaves it out. */
static void test_name_with_a_space(void **state)
{
    struct sampleprof *tree = sampleprof_new();
    struct sampleprof_unit *unit = sampleprof_add_unit(tree, "a.cc");
    struct sampleprof_losses losses;
    struct strbuf out = {0};

    (void)state;
    sampleprof_add_function(tree, "sort<int, char>", "a.cc", true);
    sampleprof_add_function(tree, "main", "a.cc", false);
    sampleprof_add_unit_name(tree, unit, "sort<int, char>");
    sampleprof_add_unit_name(tree, unit, "main");
    sampleprof_add_unit_name(tree, sampleprof_add_unit(tree, "b.cc"), "sort<int, char>");
    sampleprof_finish(tree);
    sampleprof_write_text(tree, &out, &losses);
    assert_string_equal(out.data,
                        "main:0:0\n#!pgo static a.cc\nsort<int, char>:0:0\n#!pgo units 1\n"
                        "#!pgo unit a.cc\n#!pgo  main\n#!pgo unit b.cc\n");
    strbuf_release(&out);
    sampleprof_free(tree);
}

/* The flat profile has the larger one; the other stands in comments, and both are read back. */
static void test_static_functions_of_one_name(void **state)
{
    struct sampleprof *tree = sampleprof_new(), *again;
    struct sampleprof_losses losses;
    struct strbuf out = {0};
    struct err err = {0};

    (void)state;
    sampleprof_add_line(tree, sampleprof_add_function(tree, "cmp", "a.c", true), at(1, 0))->count =
        5;
    sampleprof_add_line(tree, sampleprof_add_function(tree, "cmp", "b c.c", true), at(2, 0))
        ->count = 6;
    sampleprof_add_line(tree, sampleprof_add_function(tree, "cmp", "", false), at(3, 0))->count = 4;
    sampleprof_finish(tree);
    sampleprof_write_text(tree, &out, &losses);
    assert_string_equal(out.data, "#!pgo static b c.c\ncmp:6:0\n 2: 6\n"
                                  "#!pgo static a.c\n#!pgo| cmp:5:0\n#!pgo|  1: 5\n"
                                  "#!pgo| cmp:4:0\n#!pgo|  3: 4\n");
    assert_int_equal(losses.function_count, 2);
    assert_int_equal(losses.total, 9);
    assert_string_equal(losses.example, "cmp");
    again = sampleprof_read_text(out.data, out.len, &err);
    assert_non_null(again);
    assert_int_equal(again->function_count, 3);
    assert_string_equal(again->functions[1]->unit, "a.c");
    assert_false(again->functions[2]->is_static);
    sampleprof_free(again);
    strbuf_release(&out);
    sampleprof_free(tree);
}

static void test_totals_saturate(void **state)
{
    struct sampleprof *tree = sampleprof_new();
    struct sampleprof_function *function = sampleprof_add_function(tree, "f", "", false);

    (void)state;
    sampleprof_add_line(tree, function, at(1, 0))->count = UINT64_MAX;
    sampleprof_add_line(tree, function, at(2, 0))->count = 2;
    sampleprof_finish(tree);
    assert_true(function->total == UINT64_MAX);
    sampleprof_free(tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_discriminators),
        cmocka_unit_test(test_canonical_names),
        cmocka_unit_test(test_any_order_gives_the_same_bytes),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_name_with_a_space),
        cmocka_unit_test(test_static_functions_of_one_name),
        cmocka_unit_test(test_totals_saturate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
