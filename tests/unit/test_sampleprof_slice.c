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
    static const char *const paths[] = {"a.c", "b.c", "c.c"};
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
    add(tree, "inl", "h.h", true, 30, NULL);
    for (int i = 0; i < 3; i++)
        sampleprof_add_unit_name(tree, sampleprof_add_unit(tree, paths[i]), "cmp");
    sampleprof_finish(tree);
    return tree;
}

/* The slice as "name:total name:total ". */
static void expect(const char *const *names, const char *path, const char *expected,
                   bool expects_apart)
{
    struct sampleprof *tree = make_tree();
    struct slicer *slicer = slicer_new(tree);
    const char *const paths[] = {path, NULL};
    struct strbuf text = {0};
    size_t name_count = 0, count;
    bool is_apart;

    while (names[name_count])
        name_count++;
    for (int again = 0; again < 2; again++) { /* a cut leaves nothing behind */
        const struct sampleprof_function **cut =
            slicer_cut(slicer, names, name_count, paths, &count, &is_apart);

        strbuf_reset(&text);
        for (size_t i = 0; i < count; i++)
            strbuf_add_format(&text, "%s:%d ", cut[i]->name, (int)cut[i]->total);
        assert_string_equal(strbuf_text(&text), expected);
        assert_int_equal(is_apart, expects_apart);
        free(cut);
    }
    strbuf_release(&text);
    slicer_free(slicer);
    sampleprof_free(tree);
}

static void test_closure(void **state)
{
    (void)state;
    expect((const char *const[]){"main", NULL}, "m.c", "main:90 step:81 inlined:70 ", false);
    expect((const char *const[]){"inlined", "other", NULL}, "m.c",
           "main:90 step:81 inlined:70 other:60 ", false);
    expect((const char *const[]){"other", "nobody", NULL}, "m.c", "other:60 ", false);
    expect((const char *const[]){NULL}, "m.c", "", false);
}

static void test_static_functions(void **state)
{
    (void)state;
    expect((const char *const[]){"cmp", NULL}, "a.c", "cmp:50 ", false);
    expect((const char *const[]){"cmp", NULL}, "b.c", "other:60 cmp:40 ", true);
    expect((const char *const[]){"cmp", NULL}, "c.c", "",
           true); /* it has one that was not sampled */
    expect((const char *const[]){"inl", NULL}, "c.c", "inl:30 ", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_closure),
        cmocka_unit_test(test_static_functions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
