/* File names as text. */
#include "base/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <unistd.h>

/* Takes the ownership of `found`. */
static void expect(char *found, const char *expected)
{
    assert_non_null(found);
    assert_string_equal(found, expected);
    free(found);
}

static void test_parts(void **state)
{
    (void)state;
    assert_string_equal(path_base("a/b.c"), "b.c");
    assert_string_equal(path_base("b.c"), "b.c");
    assert_string_equal(path_base("/b"), "b");
    assert_string_equal(path_base("a/"), "");
    expect(path_folder("a/b.c"), "a");
    expect(path_folder("/a/b/c"), "/a/b");
    expect(path_folder("b.c"), ".");
    expect(path_folder("/b"), "/");
    expect(path_folder("/"), "/");
}

static void test_join(void **state)
{
    (void)state;
    expect(path_join("a", "b"), "a/b");
    expect(path_join("a/", "b"), "a/b");
    expect(path_join("/", "b"), "/b");
    expect(path_join("a", "/b"), "/b");
    expect(path_join(".", "b"), "b");
    expect(path_join("", "b"), "b");
}

static void test_normalize(void **state)
{
    static const char *const cases[][2] = {
        {"", "."},
        {".", "."},
        {"./", "."},
        {"/", "/"},
        {"//", "/"},
        {"a", "a"},
        {"a/", "a"},
        {"a//b", "a/b"},
        {"./a/./b/.", "a/b"},
        {"a/..", "."},
        {"a/../b", "b"},
        {"a/b/../..", "."},
        {"a/b/../../..", ".."},
        {"..", ".."},
        {"../..", "../.."},
        {"../a/../..", "../.."},
        {"/..", "/"},
        {"/../a", "/a"},
        {"/a/../../b", "/b"},
        {"/a/..", "/"},
        {"...", "..."},
        {"a/...", "a/..."},
        {"..a/b", "..a/b"},
        {".a/..", "."},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        expect(path_normalize(cases[i][0]), cases[i][1]);
        expect(path_normalize(cases[i][1]), cases[i][1]); /* again: no change */
    }
}

static void test_absolute(void **state)
{
    (void)state;
    expect(path_absolute("/a/../b"), "/b");
    assert_int_equal(chdir("/proc"), 0);
    expect(path_absolute("x/./y"), "/proc/x/y");
    expect(path_absolute(".."), "/");
    expect(path_real("/proc/../"), "/");
    assert_null(path_real("/no/such/file"));
}

static void test_below(void **state)
{
    (void)state;
    assert_true(path_is_below("/a/b", "/a"));
    assert_true(path_is_below("/a", "/a"));
    assert_true(path_is_below("/a", "/"));
    assert_true(path_is_below("/", "/"));
    assert_false(path_is_below("/ab", "/a"));
    assert_false(path_is_below("/", "/a"));
    assert_false(path_is_below("a", "/"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),     cmocka_unit_test(test_join),
        cmocka_unit_test(test_normalize), cmocka_unit_test(test_absolute),
        cmocka_unit_test(test_below),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
