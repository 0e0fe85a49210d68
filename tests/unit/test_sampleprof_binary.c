/* The extensible binary form: what a part of a profile must keep of the whole, as LLVM reads it. */
#include "profile/sampleprof_binary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/process.h"
#include "profile/sampleprof_read.h"

static const char by_line[] = "f:30:1\n 1: 10\n 2: 20 g:20\ng:7:2\n 1: 7\n";
static const char by_probe[] = "f.__uniq.1:30:1\n 1: 30\n !CFGChecksum: 5\n"
                               "g:7:2\n 1: 7\n !CFGChecksum: 6\n";

/* The first `count` functions with the summary of all. */
static struct strbuf write_part(const char *text, size_t count)
{
    struct err err = {0};
    struct sampleprof *tree = sampleprof_read_text(text, strlen(text), &err);
    const struct sampleprof_function **flat;
    struct sampleprof_summary summary;
    struct strbuf out = {0};
    size_t all;

    assert_non_null(tree);
    flat = sampleprof_flatten(tree, &all);
    sampleprof_summarize(flat, all, &summary);
    sampleprof_write_binary(tree, flat, count, &summary, &out);
    sampleprof_free(tree);
    return out;
}

/* What llvm-profdata makes of it, by the words after its name; NULL: it is not there. */
static char *profdata(const struct strbuf *profile, const char *const *words)
{
    const char *argv[8] = {"llvm-profdata-22"};
    struct process_result result = {0};
    struct err err = {0};
    char *program = process_find(argv[0], NULL, NULL), *said = NULL;

    for (size_t i = 0; words[i]; i++)
        argv[i + 1] = words[i];
    if (program && process_run(argv, profile->data, profile->len, 1 << 20, &result, &err)) {
        assert_int_equal(result.exit_code, 0);
        said = strdup(strbuf_text(&result.output));
    }
    process_result_release(&result);
    free(program);
    return said;
}

static void expect_text(const char *text, size_t count, const char *expected)
{
    static const char *const words[] = {"merge", "--sample", "--text", "-", NULL};
    struct strbuf part = write_part(text, count);
    char *said = profdata(&part, words);

    strbuf_release(&part);
    if (!said)
        skip();
    assert_string_equal(said, expected);
    free(said);
}

static void test_parts(void **state)
{
    (void)state;
    expect_text(by_line, 2, by_line);
    expect_text(by_line, 1, "f:30:1\n 1: 10\n 2: 20 g:20\n");
    expect_text(by_line, 0, "");
    expect_text(by_probe, 2, by_probe);
    expect_text(by_probe, 0, "");
}

static void test_summary_is_of_the_whole(void **state)
{
    static const char *const words[] = {"show", "--sample", "--detailed-summary", "/dev/stdin",
                                        NULL};

    (void)state;
    for (size_t count = 0; count < 3; count++) {
        struct strbuf part = write_part(by_line, count);
        char *said = profdata(&part, words);

        strbuf_release(&part);
        if (!said)
            skip();
        assert_non_null(strstr(said, "Total count: 37\n"));
        assert_non_null(strstr(said, "Total number of blocks: 3\n"));
        assert_non_null(strstr(said, "Total functions: 2\n"));
        assert_non_null(strstr(said, "2 blocks "));
        free(said);
    }
}

/* Both are said by flags of sections, so that they hold without any function. */
static void test_flags_are_of_the_whole(void **state)
{
    static const char *const words[] = {"show", "--sample", "--show-sec-info-only", "/dev/stdin",
                                        NULL};
    struct strbuf part = write_part(by_probe, 0);
    char *said = profdata(&part, words);

    (void)state;
    strbuf_release(&part);
    if (!said)
        skip();
    assert_non_null(strstr(said, "Flags: {uniq}"));
    assert_non_null(strstr(said, "Flags: {probe}"));
    assert_null(strstr(said, "Size: 0, Flags: {probe}")); /* LLVM passes over empty sections */
    free(said);
}

/* A profile that keeps an older summary: through the text, and in a word of near and far. */
static void test_kept_summary(void **state)
{
    struct sampleprof *tree = sampleprof_new(), *again;
    struct sampleprof_summary own, kept;
    struct sampleprof_losses losses;
    struct strbuf text = {0};
    struct err err = {0};

    (void)state;
    sampleprof_add_line(tree, sampleprof_add_function(tree, "f", "", false),
                        (struct sampleprof_site){1, 0})
        ->count = 100;
    sampleprof_finish(tree);
    sampleprof_summarize_tree(tree, &own);
    tree->has_summary = true;
    tree->summary = own;
    tree->summary.max_count = UINT64_MAX;
    tree->summary.entries[15].min_count = 7;
    sampleprof_write_text(tree, &text, &losses);
    again = sampleprof_read_text(text.data, text.len, &err);
    assert_non_null(again);
    sampleprof_summarize_tree(again, &kept);
    assert_true(kept.max_count == UINT64_MAX);
    assert_int_equal(kept.entries[15].min_count, 7);
    assert_int_equal(kept.entries[0].min_count, 100);
    assert_true(sampleprof_summary_is_near(&own, &own, 1));
    assert_false(sampleprof_summary_is_near(&own, &kept, 2)); /* the threshold for cold: 100, 7 */
    kept.entries[15].min_count = 50;
    assert_true(sampleprof_summary_is_near(&own, &kept, 2));
    kept.entries[11].count_count = 12501; /* a large working set */
    assert_false(sampleprof_summary_is_near(&own, &kept, 2));
    assert_false(sampleprof_summary_parse("1 2 3", &kept));
    assert_false(sampleprof_summary_parse("", &kept));
    sampleprof_free(tree);
    sampleprof_free(again);
    strbuf_release(&text);
}

static void test_other_order_of_adding(void **state)
{
    struct strbuf a = write_part("f:1:0\n 1: 1 z:1 y:2\n", 1);
    struct strbuf b = write_part("f:1:0\n 1: 1 y:2 z:1\n", 1);

    (void)state;
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.data, b.data, a.len);
    strbuf_release(&a);
    strbuf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_summary_is_of_the_whole),
        cmocka_unit_test(test_flags_are_of_the_whole),
        cmocka_unit_test(test_kept_summary),
        cmocka_unit_test(test_other_order_of_adding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
