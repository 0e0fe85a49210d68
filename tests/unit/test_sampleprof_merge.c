/* Trees added up: counts, weights, units, checksums; any order of the sources gives the same. */
#include "profile/sampleprof_merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "profile/sampleprof_read.h"

#define MAX_SOURCES 4

static struct sampleprof *read_text(const char *text)
{
    struct err err = {0};
    struct sampleprof *tree = sampleprof_read_text(text, strlen(text), &err);

    if (!tree)
        fail_msg("%s", err.message);
    return tree;
}

static struct sampleprof_losses expect_sum(const struct sampleprof_source *sources, size_t count,
                                           const char *expected)
{
    struct sampleprof_losses merged, written;
    struct sampleprof *tree = sampleprof_merge(sources, count, &merged);
    struct strbuf out = {0};

    sampleprof_write_text(tree, &out, &written);
    assert_string_equal(strbuf_text(&out), expected);
    merged.example = merged.example ? "some" : NULL; /* the name goes with the tree */
    strbuf_release(&out);
    sampleprof_free(tree);
    return merged;
}

/* Texts (NULL ends them), each with weight 1, rotated through all places. */
static struct sampleprof_losses expect_merged(const char *const *texts, const char *expected)
{
    struct sampleprof_source sources[MAX_SOURCES], rotated[MAX_SOURCES];
    struct sampleprof_losses losses = {0};
    size_t count = 0;

    for (; texts[count]; count++)
        sources[count] = (struct sampleprof_source){read_text(texts[count]), 1};
    for (size_t start = 0; start < count; start++) {
        for (size_t i = 0; i < count; i++)
            rotated[i] = sources[(start + i) % count];
        losses = expect_sum(rotated, count, expected);
    }
    for (size_t i = 0; i < count; i++)
        sampleprof_free((struct sampleprof *)sources[i].tree);
    return losses;
}

static void test_counts_add_up(void **state)
{
    static const char *const texts[] = {
        "f:16:1\n 1: 10\n 3: 0\n 5: 0 a:3\n 2: g:6\n  1: 6\n",
        "f:106:1\n 1: 100\n 2: h:3\n  1: 3\n 2: g:3\n  1: 1\n  2: 2\n 5: 4 a:1 b:7\nk:1:9\n 1: 1\n",
        "", NULL};
    struct sampleprof_losses losses = expect_merged(
        texts, "f:126:2\n 1: 110\n 3: 0\n 5: 4 b:7 a:4\n 2: g:9\n  1: 7\n  2: 2\n 2: h:3\n  1: 3\n"
               "k:1:9\n 1: 1\n");

    (void)state;
    assert_int_equal(losses.function_count, 0);
}

static void test_units_are_united(void **state)
{
    static const char *const texts[] = {
        "f:1:0\n 1: 1\n#!pgo units 1\n#!pgo unit a.c\n#!pgo  f\n",
        "g:1:0\n 1: 1\n#!pgo units 1\n#!pgo unit a.c\n#!pgo  g\n#!pgo unit b.c\n#!pgo  g\n", NULL};

    (void)state;
    expect_merged(texts, "f:1:0\n 1: 1\ng:1:0\n 1: 1\n#!pgo units 1\n#!pgo unit a.c\n#!pgo  f g\n"
                         "#!pgo unit b.c\n#!pgo  g\n");
}

/* Of f both are known, of g one is not: then the sum is not. Refreshes are forgotten. */
static void test_samples_add_up(void **state)
{
    static const char *const texts[] = {
        "f:2:0\n#!pgo samples 5 since 2\n 1: 2\ng:1:0\n#!pgo samples 3\n 1: 1\n#!pgo refresh 7\n",
        "f:2:0\n#!pgo samples 6\n 1: 2\ng:1:0\n 1: 1\n", NULL};

    (void)state;
    expect_merged(texts, "f:4:0\n#!pgo samples 11\n 1: 4\ng:2:0\n 1: 2\n");
}

static void test_weights_multiply_and_saturate(void **state)
{
    struct sampleprof *a = read_text("f:10:2\n 1: 10 t:3\n");
    struct sampleprof *b = read_text("f:1:1\n 1: 18446744073709551000\n");
    struct sampleprof_source twice[] = {{a, 5}};
    struct sampleprof_source all[] = {{a, 100}, {b, 1}};

    (void)state;
    expect_sum(twice, 1, "f:50:10\n 1: 50 t:15\n");
    expect_sum(all, 2, "f:18446744073709551615:201\n 1: 18446744073709551615 t:300\n");
    expect_sum(all, 0, "");
    sampleprof_free(a);
    sampleprof_free(b);
}

/* 100 of one graph against 60 and 60 of another: the two together are more. */
static void test_checksums_by_sum(void **state)
{
    static const char *const texts[] = {"f:100:1\n 1: 100\n !CFGChecksum: 1\n",
                                        "f:60:2\n 1: 60\n !CFGChecksum: 2\n",
                                        "f:60:3\n 2: 60\n !CFGChecksum: 2\n", NULL};
    struct sampleprof_losses losses =
        expect_merged(texts, "f:120:5\n 1: 60\n 2: 60\n !CFGChecksum: 2\n");

    (void)state;
    assert_int_equal(losses.function_count, 1);
    assert_int_equal(losses.total, 100);
    assert_non_null(losses.example);
}

static void test_checksum_of_an_inlined_copy(void **state)
{
    static const char *const texts[] = {
        "f:15:0\n 1: 10\n 2: g:5\n  1: 5\n  !CFGChecksum: 8\n !CFGChecksum: 1\n",
        "f:16:0\n 1: 10\n 2: g:6\n  1: 6\n  !CFGChecksum: 9\n !CFGChecksum: 1\n", NULL};
    struct sampleprof_losses losses = expect_merged(
        texts, "f:26:0\n 1: 20\n 2: g:6\n  1: 6\n  !CFGChecksum: 9\n !CFGChecksum: 1\n");

    (void)state;
    assert_int_equal(losses.function_count, 1);
    assert_int_equal(losses.total, 5);
}

static void add_one(struct sampleprof *tree, const char *name, const char *unit, bool is_static,
                    uint64_t count)
{
    struct sampleprof_function *function = sampleprof_add_function(tree, name, unit, is_static);

    sampleprof_add_line(tree, function, (struct sampleprof_site){1, 0})->count = count;
}

/* One static function in each of two builds: the same, though they were built in other folders. */
static void test_static_function_of_two_builds(void **state)
{
    struct sampleprof *first = sampleprof_new(), *second = sampleprof_new();
    struct sampleprof_source sources[] = {{second, 1}, {first, 1}};
    struct sampleprof_losses losses;
    struct sampleprof *tree;

    (void)state;
    add_one(first, "cmp", "/builds/1/a.c", true, 50);
    add_one(second, "cmp", "/builds/2/a.c", true, 30);
    sampleprof_finish(first);
    sampleprof_finish(second);
    tree = sampleprof_merge(sources, 2, &losses);
    assert_int_equal(tree->function_count, 1);
    assert_int_equal(tree->functions[0]->total, 80);
    assert_string_equal(tree->functions[0]->unit, "/builds/1/a.c");
    sampleprof_free(tree);
    sampleprof_free(first);
    sampleprof_free(second);
}

/* Two static functions stay apart; the one with a name alone joins the larger. */
static void test_static_functions(void **state)
{
    struct sampleprof *first = sampleprof_new(), *second = sampleprof_new();
    struct sampleprof *flat = read_text("cmp:7:0\n 1: 7\nother:1:0\n 1: 1\n");
    struct sampleprof_source sources[] = {{flat, 1}, {first, 1}, {second, 1}};
    struct sampleprof_losses losses;
    struct sampleprof *tree;

    (void)state;
    add_one(first, "cmp", "a.c", true, 50);
    add_one(first, "cmp", "b.c", true, 60);
    add_one(second, "cmp", "a.c", true, 30);
    add_one(second, "cmp", "c.c", false, 2);
    sampleprof_finish(first);
    sampleprof_finish(second);
    tree = sampleprof_merge(sources, 3, &losses);
    assert_int_equal(tree->function_count, 4);
    assert_int_equal(tree->functions[0]->total, 87);
    assert_string_equal(tree->functions[0]->unit, "a.c");
    assert_true(tree->functions[0]->is_static);
    assert_int_equal(tree->functions[1]->total, 60);
    assert_string_equal(tree->functions[1]->unit, "b.c");
    assert_int_equal(tree->functions[2]->total, 2);
    assert_false(tree->functions[2]->is_static);
    assert_string_equal(tree->functions[3]->name, "other");
    sampleprof_free(tree);
    for (size_t i = 0; i < 3; i++)
        sampleprof_free((struct sampleprof *)sources[i].tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_add_up),
        cmocka_unit_test(test_units_are_united),
        cmocka_unit_test(test_samples_add_up),
        cmocka_unit_test(test_weights_multiply_and_saturate),
        cmocka_unit_test(test_checksums_by_sum),
        cmocka_unit_test(test_checksum_of_an_inlined_copy),
        cmocka_unit_test(test_static_functions),
        cmocka_unit_test(test_static_function_of_two_builds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
