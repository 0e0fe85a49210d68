/* Where the project begins, which default.pgo lie in it, and which source gets which. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../pgo-build/project.h"
#include "../../pgo-build/selection.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/path.h"

static char *tree; /* a scratch folder for each test */

static void make_file(const char *name)
{
    char *path = path_join(tree, name), *folder = path_folder(path);
    struct err err = {0};

    assert_true(file_make_folders(folder, &err));
    assert_true(file_write(path, "x", 1, FILE_REPLACE, &err));
    free(path);
    free(folder);
}

static void make_link(const char *target, const char *name)
{
    char *path = path_join(tree, name);

    assert_int_equal(symlink(target, path), 0);
    free(path);
}

static int setup(void **state)
{
    char folder[] = "/tmp/build-project-XXXXXX";

    (void)state;
    tree = path_real(mkdtemp(folder));
    return tree ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *at)
{
    (void)status;
    (void)kind;
    (void)at;
    return remove(path);
}

static int teardown(void **state)
{
    (void)state;
    nftw(tree, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(tree);
    return 0;
}

static void find(struct project *project, const char *start, const char *home)
{
    char *from = path_join(tree, start), *at_home = home ? path_join(tree, home) : NULL;

    project_find(project, strcmp(start, ".") == 0 ? tree : from, at_home);
    free(from);
    free(at_home);
}

static void expect_path(const char *path, const char *name)
{
    char *expected = path_join(tree, name);

    if (!path || strcmp(path, strcmp(name, ".") == 0 ? tree : expected) != 0)
        fail_msg("found %s, expected %s", path ? path : "nothing", expected);
    free(expected);
}

static void test_root(void **state)
{
    struct project project = {0};

    (void)state;
    make_file("a/.git/HEAD");
    make_file("a/b/c/x.c");
    find(&project, "a/b/c", NULL);
    expect_path(project.root, "a");
    expect_path(project.start, "a/b/c");
    project_release(&project);
    find(&project, "a/b/c", "a"); /* a home folder under git is no project */
    expect_path(project.root, "a/b/c");
    project_release(&project);
    make_link("a", "to-a");
    find(&project, "a/b/c", "to-a/"); /* ... nor is it under another name */
    expect_path(project.root, "a/b/c");
    project_release(&project);
    make_file("a/b/.git"); /* a work tree has a file there */
    find(&project, "a/b/c", NULL);
    expect_path(project.root, "a/b");
    project_release(&project);
}

static void test_walk(void **state)
{
    struct project project = {0};

    (void)state;
    make_file(".git/default.pgo");
    make_file("node_modules/x/default.pgo");
    make_file("build/default.pgo");
    make_file("build/CMakeCache.txt");
    make_file("out/default.pgo");
    make_file("out/build.ninja");
    make_file("default.pgo.bak");
    make_file("b/default.pgo/x"); /* a folder of that name */
    make_file("z/default.pgo");
    make_file("a/default.pgo");
    find(&project, ".", NULL);
    assert_int_equal(project.count, 2);
    expect_path(project.profiles[0], "a/default.pgo");
    expect_path(project.profiles[1], "z/default.pgo");
    assert_null(project_fallback(&project)); /* two, and none here or at the root */
    project_release(&project);
}

static void test_fallback(void **state)
{
    struct project project = {0};

    (void)state;
    make_file(".git/HEAD");
    make_file("a/x.c");
    make_file("b/default.pgo");
    find(&project, "a", NULL);
    expect_path(project_fallback(&project), "b/default.pgo"); /* the only one */
    project_release(&project);
    make_file("default.pgo");
    find(&project, "a", NULL);
    expect_path(project_fallback(&project), "default.pgo"); /* the root's */
    project_release(&project);
    make_file("a/default.pgo");
    find(&project, "a", NULL);
    expect_path(project_fallback(&project), "a/default.pgo"); /* the start's */
    project_release(&project);
}

static void test_selection(void **state)
{
    struct selection_rule rules[] = {{"/p/lib", {"lib", "1", false, NULL}},
                                     {"/p/lib/deep", {"deep", "2", false, NULL}},
                                     {"/p/library", {"library", NULL, false, NULL}}};
    struct selection selection = {
        .root = "/p", .rules = rules, .count = 3, .fallback = {"fallback", "3"}};
    const struct {
        const char *source, *profile;
    } cases[] = {{"/p/lib/a.c", "lib"},        {"/p/lib/deep/er/a.c", "deep"},
                 {"/p/lib/deeper/a.c", "lib"}, {"/p/library/a.c", "library"},
                 {"/p/a.c", "fallback"},       {"/elsewhere/a.c", "fallback"}};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        assert_string_equal(selection_find(&selection, cases[i].source)->source, cases[i].profile);
    selection.fallback = (struct selection_profile){0};
    assert_null(selection_find(&selection, "/p/a.c"));
    assert_null(selection_find(&selection, "/p/library/a.c")->path); /* has no samples */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_root, setup, teardown),
        cmocka_unit_test_setup_teardown(test_walk, setup, teardown),
        cmocka_unit_test_setup_teardown(test_fallback, setup, teardown),
        cmocka_unit_test(test_selection)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
