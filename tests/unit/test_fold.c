/* From counts of addresses, or of lines, to the function-sample tree. */
#include "../../pgo-convert/fold.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "../../pgo-convert/fold_samples.h"
#include "base/number.h"
#include "fixture.h"

/* The fixture with each byte of its functions counted: `step` apart, by its address. */
struct folded {
    struct binaries binaries;
    struct binary *binary;
    struct counts counts;
};

static void open_folded(struct folded *folded, const char *name)
{
    char *path = fixture_path(name);
    const struct image_symbol *symbols;
    struct err err = {0};
    size_t count;

    *folded = (struct folded){0};
    assert_true(binaries_open(&folded->binaries, (const char *const *)&path, 1, &err));
    folded->binary = folded->binaries.items[0];
    symbols = image_symbols(folded->binary->image, &count);
    for (size_t i = 0; i < count; i++)
        for (uint64_t vaddr = symbols[i].start_vaddr; vaddr < symbols[i].end_vaddr; vaddr++)
            counts_add(&folded->counts, vaddr, vaddr * 7 % 101 + 1);
    free(path);
}

static void close_folded(struct folded *folded)
{
    counts_release(&folded->counts);
    binaries_close(&folded->binaries);
}

static bool has_key(const struct symbolizer_frame *frames, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!frames[i].line || !frames[i].function->start_line)
            return false;
    return count > 0;
}

/* The largest line of a tree of `function` and its callees, and the number of lines. */
static void measure(const struct sampleprof_function *function, uint64_t *largest, size_t *lines)
{
    for (size_t i = 0; i < function->line_count; i++)
        if (function->lines[i].count > *largest)
            *largest = function->lines[i].count;
    *lines += function->line_count;
    for (size_t i = 0; i < function->call_count; i++)
        measure(function->calls[i].callee, largest, lines);
}

/* SUM: counts in = counts in the tree + counts without a line. */
static void test_sum_loses_nothing(void **state)
{
    (void)state;
    for (size_t f = 0; f < ARRAY_SIZE(fixture_names); f++) {
        struct sampleprof *tree = sampleprof_new();
        uint64_t in = 0, lost = 0, out = 0;
        struct folded folded;

        open_folded(&folded, fixture_names[f]);
        for (size_t i = 0; i < folded.counts.count; i++) {
            const struct count *at = &folded.counts.items[i];
            const struct symbolizer_frame *frames;
            size_t count = symbolizer_find(folded.binary->symbolizer, at->vaddr, &frames);

            in += at->count;
            if (!has_key(frames, count))
                lost += at->count;
        }
        fold_counts(tree, folded.binary, &folded.counts, FOLD_SUM);
        sampleprof_finish(tree);
        for (size_t i = 0; i < tree->function_count; i++)
            out += tree->functions[i]->total;
        assert_true(lost > 0 && out > 0);
        assert_int_equal(in, out + lost);
        sampleprof_free(tree);
        close_folded(&folded);
    }
}

/* MAX: the largest line is the largest count times its copies; as many lines as by SUM. */
static void test_max_takes_the_copies(void **state)
{
    struct sampleprof *max = sampleprof_new(), *sum = sampleprof_new();
    uint64_t largest = 0, expected = 0, ignored = 0;
    size_t lines = 0, sum_lines = 0;
    bool any_copies = false;
    struct folded folded;

    (void)state;
    open_folded(&folded, "dwarf5");
    for (size_t i = 0; i < folded.counts.count; i++) {
        const struct count *at = &folded.counts.items[i];
        const struct symbolizer_frame *frames;
        size_t count = symbolizer_find(folded.binary->symbolizer, at->vaddr, &frames);
        uint32_t factor;

        if (!has_key(frames, count))
            continue;
        factor = sampleprof_decode_discriminator(frames[0].discriminator).factor;
        any_copies |= factor > 1;
        if (at->count * factor > expected)
            expected = at->count * factor;
    }
    assert_true(any_copies); /* the vectorized loop: else this test proves nothing */
    fold_counts(max, folded.binary, &folded.counts, FOLD_MAX);
    fold_counts(sum, folded.binary, &folded.counts, FOLD_SUM);
    for (size_t i = 0; i < max->function_count; i++)
        measure(max->functions[i], &largest, &lines);
    for (size_t i = 0; i < sum->function_count; i++)
        measure(sum->functions[i], &ignored, &sum_lines);
    assert_int_equal(largest, expected);
    assert_int_equal(lines, sum_lines);
    sampleprof_free(max);
    sampleprof_free(sum);
    close_folded(&folded);
}

static void test_heads_and_units(void **state)
{
    static const char *const names[] = {"odd", "pick", "start", "sum"};
    struct sampleprof *tree = sampleprof_new();
    struct folded folded;

    (void)state;
    open_folded(&folded, "dwarf4");
    fold_counts(tree, folded.binary, &folded.counts, FOLD_MAX);
    fold_units(tree, folded.binary);
    sampleprof_finish(tree);
    assert_int_equal(tree->function_count, ARRAY_SIZE(names));
    for (size_t i = 0; i < tree->function_count; i++) {
        const struct sampleprof_function *function = tree->functions[i];
        uint64_t vaddr = fixture_symbol(folded.binary->image, function->name).start_vaddr;

        assert_int_equal(function->head, vaddr * 7 % 101 + 1);
        assert_string_equal(function->unit, "fixture.c");
        assert_true(function->is_static || strcmp(function->name, "odd") != 0);
    }
    assert_int_equal(tree->unit_count, 1);
    assert_int_equal(tree->units[0].names.count, ARRAY_SIZE(names) + 1); /* and square() */
    sampleprof_free(tree);
    close_folded(&folded);
}

static void test_any_order_gives_the_same_bytes(void **state)
{
    struct sampleprof *forth = sampleprof_new(), *back = sampleprof_new();
    struct strbuf forth_text = {0}, back_text = {0};
    struct sampleprof_losses losses;
    struct counts reversed = {0};
    struct folded folded;

    (void)state;
    open_folded(&folded, "dwarf5");
    for (size_t i = folded.counts.count; i-- > 0;)
        counts_add(&reversed, folded.counts.items[i].vaddr, folded.counts.items[i].count);
    fold_counts(forth, folded.binary, &folded.counts, FOLD_MAX);
    fold_counts(back, folded.binary, &reversed, FOLD_MAX);
    sampleprof_finish(forth);
    sampleprof_finish(back);
    sampleprof_write_text(forth, &forth_text, &losses);
    sampleprof_write_text(back, &back_text, &losses);
    assert_string_equal(forth_text.data, back_text.data);
    counts_release(&reversed);
    strbuf_release(&forth_text);
    strbuf_release(&back_text);
    sampleprof_free(forth);
    sampleprof_free(back);
    close_folded(&folded);
}

/* Folds one line of a function that starts at start_line, inlined into main if asked. */
static bool fold_one(struct sampleprof *tree, int64_t start_line, int64_t line, bool is_inlined,
                     enum drop_reason *reason)
{
    struct profile *profile = profile_new();
    struct profile_line lines[2] = {{.line = line}, {.line = 15}};
    struct profile_location location = {.lines = lines, .line_count = is_inlined ? 2 : 1};
    bool done;

    lines[0].function = profile_add_function(
        profile,
        &(struct profile_function){
            .name = "pretty", .system_name = "linkage", .file = "", .start_line = start_line});
    lines[1].function = profile_add_function(
        profile, &(struct profile_function){
                     .name = "main", .system_name = "", .file = "", .start_line = 10});
    done = fold_lines(tree, profile, &location, 3, reason);
    profile_free(profile);
    return done;
}

static void expect_text(struct sampleprof *tree, const char *expected)
{
    struct sampleprof_losses losses;
    struct strbuf text = {0};

    sampleprof_finish(tree);
    sampleprof_write_text(tree, &text, &losses);
    assert_string_equal(strbuf_text(&text), expected);
    strbuf_release(&text);
    sampleprof_free(tree);
}

static void test_lines(void **state)
{
    struct sampleprof *tree = sampleprof_new();
    enum drop_reason reason;

    (void)state;
    assert_true(fold_one(tree, 100, 104, false, &reason));
    assert_true(fold_one(tree, 100, 104, false, &reason)); /* lines add up */
    assert_true(fold_one(tree, 100, 99, false, &reason));  /* an offset has 16 bits and wraps */
    assert_true(fold_one(tree, 1, 65540, false, &reason));
    assert_true(fold_one(tree, 100, 101, true, &reason));
    expect_text(tree, "linkage:12:0\n 3: 3\n 4: 6\n 65535: 3\n"
                      "main:3:0\n 5: linkage:3\n  1: 3\n");
}

static void test_lines_that_have_no_key(void **state)
{
    struct sampleprof *tree = sampleprof_new();
    enum drop_reason reason = DROP_REASON_COUNT;

    (void)state;
    assert_false(fold_one(tree, 0, 104, false, &reason));
    assert_int_equal(reason, DROP_NO_START);
    assert_false(fold_one(tree, -5, 104, true, &reason));
    assert_int_equal(reason, DROP_NO_START);
    assert_false(fold_one(tree, 100, 0, true, &reason));
    assert_int_equal(reason, DROP_NO_FUNCTION);
    assert_false(fold_one(tree, 100, -1, false, &reason));
    assert_int_equal(reason, DROP_NO_FUNCTION);
    expect_text(tree, ""); /* and nothing half-made is left behind */
}

/* The samples of a binary lie in its functions; one that has counts and none gets its worth. */
static void test_samples_of_functions(void **state)
{
    struct sampleprof *tree = sampleprof_new();
    struct folded folded;
    uint64_t all = 0, noted = 0;
    size_t without = 0;

    (void)state;
    open_folded(&folded, "dwarf5");
    for (size_t i = 0; i < folded.counts.count; i++)
        if (i % 3 == 0) /* leaves short functions without any */
            counts_add(&folded.binary->samples, folded.counts.items[i].vaddr, 2);
    fold_counts(tree, folded.binary, &folded.counts, FOLD_MAX);
    fold_samples(tree, folded.binary);
    for (size_t i = 0; i < tree->function_count; i++) {
        noted += tree->functions[i]->samples;
        without += tree->functions[i]->samples == 0;
    }
    for (size_t i = 0; i < folded.binary->samples.count; i++)
        all += folded.binary->samples.items[i].count;
    assert_int_equal(without, 0);
    assert_true(noted > all / 2 && noted < all * 3 / 2);
    sampleprof_free(tree);
    close_folded(&folded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sum_loses_nothing),
        cmocka_unit_test(test_max_takes_the_copies),
        cmocka_unit_test(test_heads_and_units),
        cmocka_unit_test(test_any_order_gives_the_same_bytes),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_lines_that_have_no_key),
        cmocka_unit_test(test_samples_of_functions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
