/* What belongs to a slice: a file's names, what their records name, and its own static functions.
 */
#include "profile/sampleprof_slice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void add(struct sampleprof *tree, const char *name, const char *unit, bool is_static,
                uint64_t count, const char *target)
{
    struct sampleprof_function *function = sampleprof_add_function(tree, name, unit, is_static);
    struct sampleprof_line *line =
        sampleprof_add_line(tree, function, (struct sampleprof_site){1, 0});

    line->count = count;
    if (target)
        sampleprof_add_target(tree, line, target, count);
}

static struct sampleprof *make_tree(void)
{
    struct sampleprof *tree = sampleprof_new();
    struct sampleprof_function *callee;

    add(tree, "main", "", false, 90, "step");
    add(tree, "step", "", false, 80, "not sampled");
    callee = sampleprof_add_callee(tree, sampleprof_add_function(tree, "step", "", false),
                                   (struct sampleprof_site){2, 0}, "inlined");
    sampleprof_add_line(tree, callee, (struct sampleprof_site){1, 0})->count = 1;
    add(tree, "inlined", "", false, 70, "main"); /* a cycle */
    add(tree, "other", "", false, 60, NULL);
    add(tree, "cmp", "a.c", true, 50, NULL);
    add(tree, "cmp", "b.c", true, 40, "other");
    sampleprof_finish(tree);
    return tree;
}

/* The slice as "name:total name:total ". */
static void expect(const char *const *names, const char *path, const char *expected)
{
    struct sampleprof *tree = make_tree();
    struct slicer *slicer = slicer_new(tree);
    const char *const paths[] = {path, NULL};
    struct strbuf text = {0};
    size_t name_count = 0, count;

    while (names[name_count])
        name_count++;
    for (int again = 0; again < 2; again++) { /* a cut leaves nothing behind */
        const struct sampleprof_function **cut =
            slicer_cut(slicer, names, name_count, paths, &count);

        strbuf_reset(&text);
        for (size_t i = 0; i < count; i++)
            strbuf_add_format(&text, "%s:%d ", cut[i]->name, (int)cut[i]->total);
        assert_string_equal(strbuf_text(&text), expected);
        free(cut);
    }
    strbuf_release(&text);
    slicer_free(slicer);
    sampleprof_free(tree);
}

static void test_closure(void **state)
{
    (void)state;
    expect((const char *const[]){"main", NULL}, "m.c", "main:90 step:81 inlined:70 ");
    expect((const char *const[]){"inlined", "other", NULL}, "m.c",
           "main:90 step:81 inlined:70 other:60 ");
    expect((const char *const[]){"other", "nobody", NULL}, "m.c", "other:60 ");
    expect((const char *const[]){NULL}, "m.c", "");
}

static void test_static_functions(void **state)
{
    (void)state;
    expect((const char *const[]){"cmp", NULL}, "a.c", "cmp:50 ");
    expect((const char *const[]){"cmp", NULL}, "b.c", "other:60 cmp:40 ");
    expect((const char *const[]){"cmp", NULL}, "c.c", ""); /* it has one that was not sampled */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_closure),
        cmocka_unit_test(test_static_functions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
