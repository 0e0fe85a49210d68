/* Inline stacks of the fixtures; DWARF 4 and 5 say the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>

#include "binary/symbolizer.h"
#include "fixture.h"

struct opened {
    struct image *image;
    struct symbolizer *symbolizer;
};

static struct opened open_both(const char *name)
{
    struct opened opened = {.image = fixture_open(name)};
    struct err err = {0};

    opened.symbolizer = symbolizer_open(opened.image, &err);
    assert_non_null(opened.symbolizer);
    return opened;
}

static void close_both(struct opened *opened)
{
    symbolizer_close(opened->symbolizer);
    image_close(opened->image);
}

static void test_both_versions_agree(void **state)
{
    struct opened four = open_both("dwarf4"), five = open_both("dwarf5");
    size_t symbol_count, deepest = 0;
    const struct image_symbol *symbols = image_symbols(four.image, &symbol_count);

    (void)state;
    for (size_t i = 0; i < symbol_count; i++) {
        for (uint64_t vaddr = symbols[i].start_vaddr; vaddr < symbols[i].end_vaddr; vaddr++) {
            const struct symbolizer_frame *a, *b;
            size_t count = symbolizer_find(four.symbolizer, vaddr, &a);

            assert_true(count > 0);
            assert_int_equal(symbolizer_find(five.symbolizer, vaddr, &b), count);
            /* the last frame is what was compiled there */
            assert_string_equal(a[count - 1].function->linkage_name, symbols[i].name);
            for (size_t j = 0; j < count; j++) {
                assert_string_equal(a[j].function->linkage_name, b[j].function->linkage_name);
                assert_int_equal(a[j].function->start_line, b[j].function->start_line);
                assert_int_equal(a[j].line, b[j].line);
                assert_int_equal(a[j].discriminator, b[j].discriminator);
            }
            if (count > deepest)
                deepest = count;
        }
    }
    assert_int_equal(deepest, 3); /* square() in sum() in start() */
    close_both(&four);
    close_both(&five);
}

static void test_what_a_function_says(void **state)
{
    struct opened opened = open_both("dwarf5");
    const struct symbolizer_frame *frames;

    (void)state;
    assert_true(symbolizer_find(opened.symbolizer, fixture_symbol(opened.image, "odd").start_vaddr,
                                &frames) > 0);
    assert_string_equal(frames[0].function->name, "odd");
    assert_int_equal(frames[0].function->start_line, 11); /* of tests/data/fixture.c */
    assert_true(frames[0].function->is_static);
    assert_string_equal(frames[0].function->unit, "fixture.c");
    assert_non_null(strstr(frames[0].function->file, "fixture.c"));
    assert_true(symbolizer_find(opened.symbolizer, fixture_symbol(opened.image, "pick").start_vaddr,
                                &frames) > 0);
    assert_int_equal(frames[0].function->start_line, 16);
    assert_false(frames[0].function->is_static); /* its symbol is global */
    close_both(&opened);
}

struct visited {
    char paths[64], names[256];
};

static void visit_unit(void *data, const char *path)
{
    struct visited *visited = data;

    snprintf(visited->paths + strlen(visited->paths), sizeof(visited->paths), "%s ", path);
}

static void visit_name(void *data, const char *linkage_name)
{
    struct visited *visited = data;

    snprintf(visited->names + strlen(visited->names), sizeof(visited->names), "%s ", linkage_name);
}

static void test_units(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(fixture_names); i++) {
        struct opened opened = open_both(fixture_names[i]);
        struct visited visited = {{0}, {0}};
        const struct symbolizer_visitor visitor = {visit_unit, visit_name, &visited};

        symbolizer_visit_units(opened.symbolizer, &visitor);
        assert_string_equal(visited.paths, "fixture.c ");
        /* square() is only inlined */
        assert_string_equal(visited.names, "square odd pick sum start ");
        close_both(&opened);
    }
}

/* Pseudo-probes give calls discriminators of 32 bits, which libdw's reader of lines refuses. */
static void test_lines_beside_probes(void **state)
{
    struct opened opened = open_both("probes");
    struct image_symbol pick = fixture_symbol(opened.image, "pick");
    size_t calls_of_odd = 0;

    (void)state;
    for (uint64_t vaddr = pick.start_vaddr; vaddr < pick.end_vaddr; vaddr++) {
        const struct symbolizer_frame *frames;

        assert_true(symbolizer_find(opened.symbolizer, vaddr, &frames) > 0);
        if (frames[0].discriminator <= 0xffffff)
            continue;
        assert_int_equal(frames[0].discriminator & 7, 7); /* what tells a probe */
        assert_true(frames[0].line == 20 || frames[0].line == 26);
        calls_of_odd++;
    }
    assert_true(calls_of_odd > 0);
    close_both(&opened);
}

static void test_addresses_of_no_function(void **state)
{
    struct opened opened = open_both("dwarf4");
    struct image_symbol pick = fixture_symbol(opened.image, "pick");
    const struct symbolizer_frame *frames;

    (void)state;
    assert_int_equal(symbolizer_find(opened.symbolizer, 0, &frames), 0);
    assert_int_equal(symbolizer_find(opened.symbolizer, UINT64_MAX, &frames), 0);
    assert_int_equal(symbolizer_find(opened.symbolizer, pick.start_vaddr - 1, &frames), 0);
    assert_int_equal(symbolizer_find(opened.symbolizer, pick.end_vaddr, &frames), 0); /* padding */
    close_both(&opened);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_versions_agree),
        cmocka_unit_test(test_what_a_function_says),
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_lines_beside_probes),
        cmocka_unit_test(test_addresses_of_no_function),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
