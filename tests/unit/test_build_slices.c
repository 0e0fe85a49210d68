/* Which slice a source gets: what slices_make() writes, slice_index_find() finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "../../pgo-build/slices.h"
#include "../../pgo-build/selection.h"
#include "base/file.h"
#include "base/path.h"
#include "base/process.h"
#include "base/strbuf.h"

static const char text[] = "hot:100:1\n 1: 100\nwarm:9:1\n 1: 9\n"
                           "#!pgo units 1\n"
                           "#!pgo unit /elsewhere/src/b.c\n#!pgo  warm\n"
                           "#!pgo unit /nowhere/c.c\n#!pgo  hot warm\n"
                           "#!pgo unit a%b\tc.c\n#!pgo  hot\n"
                           "#!pgo unit gen/d.c\n"
                           "#!pgo unit sub.c\n#!pgo  hot\n";

struct scene {
    char root[64];
    char *index;
    struct slice_index opened;
    struct arena arena;
};

static char *in(const struct scene *scene, const char *name)
{
    return path_join(scene->root, name);
}

static void put(const struct scene *scene, const char *name, const char *content)
{
    char *path = in(scene, name), *folder = path_folder(path);
    struct err err = {0};

    assert_true(file_make_folders(folder, &err));
    assert_true(file_write(path, content, strlen(content), FILE_REPLACE, &err));
    free(path);
    free(folder);
}

static int setup(void **state)
{
    static struct scene scene;
    char *profile;
    struct slices_place place;
    struct err err = {0};

    scene = (struct scene){.root = "/tmp/build-slices-XXXXXX"};
    if (!mkdtemp(scene.root))
        return -1;
    put(&scene, "src/b.c", "");
    put(&scene, "part/sub.c", "");
    put(&scene, "part/default.pgo", text);
    profile = in(&scene, "part/default.pgo");
    place = (struct slices_place){scene.root, scene.root, scene.root};
    scene.index = slices_make(&(struct profile){.source = profile, .text = profile}, &place, &err);
    free(profile);
    if (!scene.index)
        return -1;
    scene.opened = (struct slice_index){.profile = "p", .path = scene.index};
    slice_index_open(&scene.opened);
    *state = &scene;
    return 0;
}

static int teardown(void **state)
{
    struct scene *scene = *state;
    struct process_result result = {0};
    struct err err = {0};
    bool done;

    slice_index_close(&scene->opened);
    done = process_run((const char *const[]){"rm", "-rf", scene->root, NULL}, "", 0, 4096, &result,
                       &err);
    process_result_release(&result);
    arena_release(&scene->arena);
    free(scene->index);
    return done ? 0 : -1;
}

/* The slice of ROOT/name; of `name` if that is absolute. */
static const char *find(struct scene *scene, const char *name)
{
    char *source = in(scene, name);
    struct slice slice = {0};
    bool found = slice_index_find(&scene->opened, scene->root, source, &slice, &scene->arena);

    free(source);
    return found ? slice.path : NULL;
}

static void test_units_become_files(void **state)
{
    const char *hot = find(*state, "a%b\tc.c"), *warm = find(*state, "src/b.c");

    assert_non_null(hot);
    assert_non_null(warm);
    assert_string_not_equal(hot, warm);
    assert_string_equal(find(*state, "part/sub.c"), hot); /* below the folder of the profile */
    assert_non_null(find(*state, "gen/d.c"));             /* empty, and not there yet */
    assert_non_null(find(*state, "/nowhere/c.c"));
    assert_true(file_exists(hot));
}

static void test_others_are_unknown(void **state)
{
    static const char *const names[] = {
        "new.c", "sub.c", "b.c", "src/b", "src/b.cc", "/elsewhere/src/b.c", "0", "~", ""};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        assert_null(find(*state, names[i]));
}

static void test_damaged_index(void **state)
{
    static const char *const texts[] = {"",          "\n",        "\n\n\n",       "src/b.c",
                                        "src/b.c\n", "src/b.c\t", "a\t1\nsrc/b.c"};
    struct scene *scene = *state;

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        struct slice_index index = {.path = "unused", .map = {texts[i], strlen(texts[i])}};
        char *source = in(scene, "src/b.c");
        struct slice slice;

        assert_false(slice_index_find(&index, scene->root, source, &slice, &scene->arena));
        free(source);
    }
}

static void test_selection(void **state)
{
    struct scene *scene = *state;
    struct selection_profile profile = {"p", "/whole", false, NULL};
    struct selection selection = {.root = scene->root, .indexes = &scene->opened, .index_count = 1};
    char *known = in(scene, "src/b.c"), *unknown = in(scene, "new.c");
    struct slice slice;

    assert_true(selection_slice(&selection, &profile, known, &slice, &scene->arena));
    assert_string_equal(slice.path, find(scene, "src/b.c"));
    assert_false(slice.is_apart);
    assert_false(selection_slice(&selection, &profile, unknown, &slice, &scene->arena));
    profile.source = "another";
    assert_false(selection_slice(&selection, &profile, known, &slice, &scene->arena));
    free(known);
    free(unknown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_units_become_files),
        cmocka_unit_test(test_others_are_unknown),
        cmocka_unit_test(test_damaged_index),
        cmocka_unit_test(test_selection),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
