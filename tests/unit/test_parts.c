/* The trees of one profile: the scale of lines, and kinds that cannot be added. */
#include "../../pgo-convert/parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct sampleprof *make_tree(const char *name, uint64_t count, bool is_probe_based)
{
    struct sampleprof *tree = sampleprof_new();
    struct sampleprof_function *function = sampleprof_add_function(tree, name, "", false);

    tree->is_probe_based = is_probe_based;
    sampleprof_add_line(tree, function, (struct sampleprof_site){1, 0})->count = count;
    sampleprof_finish(tree);
    return tree;
}

static uint64_t total_of(const struct sampleprof *tree, const char *name)
{
    for (size_t i = 0; i < tree->function_count; i++)
        if (strcmp(tree->functions[i]->name, name) == 0)
            return tree->functions[i]->total;
    fail_msg("no function %s", name);
    return 0;
}

/* 8 samples came to 2,400 counts in two binaries, so that one of a line is 300. */
static void test_a_line_weighs_as_an_address(void **state)
{
    struct parts parts = {0};
    struct sampleprof_losses losses;
    struct sampleprof *sum;
    struct err err = {0};

    (void)state;
    parts_add(&parts, PART_BINARY, "one", make_tree("f", 2000, false), 1);
    parts_add(&parts, PART_BINARY, "two", make_tree("f", 400, false), 1);
    parts_add(&parts, PART_LINES, "lines", make_tree("g", 5, false), 1);
    parts_add(&parts, PART_PROFILE, "old.pgo", make_tree("h", 7, false), 3);
    parts_scale_lines(&parts, 8);
    assert_int_equal(parts_total(&parts), 2400 + 1500 + 21);
    sum = parts_merge(&parts, &losses, &err);
    assert_non_null(sum);
    assert_int_equal(total_of(sum, "f"), 2400);
    assert_int_equal(total_of(sum, "g"), 1500);
    assert_int_equal(total_of(sum, "h"), 21);
    assert_int_equal(losses.function_count, 0);
    sampleprof_free(sum);
}

static void test_lines_alone_are_samples(void **state)
{
    struct parts parts = {0};
    struct sampleprof_losses losses;
    struct sampleprof *sum;
    struct err err = {0};

    (void)state;
    parts_add(&parts, PART_LINES, "lines", make_tree("g", 5, false), 1);
    parts_scale_lines(&parts, 0);
    sum = parts_merge(&parts, &losses, &err);
    assert_int_equal(total_of(sum, "g"), 5);
    sampleprof_free(sum);
}

static void test_kinds_do_not_mix(void **state)
{
    struct parts parts = {0};
    struct sampleprof_losses losses;
    struct err err = {0};

    (void)state;
    parts_add(&parts, PART_BINARY, "app", make_tree("f", 5, true), 1);
    parts_add(&parts, PART_LINES, "lines", make_tree("f", 5, false), 1);
    parts_drop_lines(&parts);
    assert_int_equal(parts.count, 1);
    parts_add(&parts, PART_PROFILE, "old.pgo", make_tree("f", 5, false), 1);
    assert_null(parts_merge(&parts, &losses, &err));
    assert_int_equal(err.kind, ERR_MISMATCH);
    assert_string_equal(err.message, "old.pgo is a profile by line, app one by pseudo-probe: "
                                     "their counts cannot be added");
    parts_release(&parts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_line_weighs_as_an_address),
        cmocka_unit_test(test_lines_alone_are_samples),
        cmocka_unit_test(test_kinds_do_not_mix),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
