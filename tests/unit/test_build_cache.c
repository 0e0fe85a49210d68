/* What leaves the cache: the longest unused, to a bound, and never from under a build. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../pgo-build/cache.h"
#include "../../pgo-build/store.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/path.h"

enum { ENTRY_BYTES = 64 * 1024 };

struct scene {
    char folder[64];
    int lock;
};

/* A file of the cache that was last used so many seconds after the epoch. */
static void add_file(const struct scene *scene, const char *name, time_t used_s)
{
    static const char bytes[ENTRY_BYTES];
    struct timespec times[2] = {{.tv_sec = used_s}, {.tv_sec = used_s}};
    char *path = path_join(scene->folder, name), *folder = path_folder(path);
    struct err err = {0};

    assert_true(file_make_folders(folder, &err));
    assert_true(file_write(path, bytes, sizeof(bytes), FILE_REPLACE, &err));
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    assert_int_equal(utimensat(AT_FDCWD, folder, times, 0), 0);
    free(folder);
    free(path);
}

static bool has(const struct scene *scene, const char *name)
{
    char *path = path_join(scene->folder, name);
    bool found = file_exists(path);

    free(path);
    return found;
}

static void touch(const struct scene *scene, const char *name)
{
    char *path = path_join(scene->folder, name);

    assert_true(cache_touch(path));
    free(path);
}

static int set_up(void **state)
{
    struct scene *scene = mem_alloc(sizeof(*scene));
    struct err err = {0};

    snprintf(scene->folder, sizeof(scene->folder), "/tmp/test_build_cache.XXXXXX");
    if (!mkdtemp(scene->folder))
        return -1;
    scene->lock = cache_lock(scene->folder, &err);
    add_file(scene, "profiles/a/default.prof", 1000);
    add_file(scene, "profiles/b/default.prof", 2000);
    add_file(scene, "profiles/b/default.pgo", 2500);
    add_file(scene, "profiles/c/default.prof", 3000);
    add_file(scene, "notes/n/x86_64.o", 1500);
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"profiles/a/default.prof",
                                        "profiles/b/default.prof",
                                        "profiles/b/default.pgo",
                                        "profiles/c/default.prof",
                                        "notes/n/x86_64.o",
                                        "projects/p/slices/i",
                                        "projects/p/objects",
                                        "projects/p/slices",
                                        "projects/p",
                                        "projects",
                                        "profiles/a",
                                        "profiles/b",
                                        "profiles/c",
                                        "notes/n",
                                        "profiles",
                                        "notes",
                                        "profile.abcdef",
                                        "convert.abcdef",
                                        "lock"};
    struct scene *scene = *state;

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        char *path = path_join(scene->folder, names[i]);

        remove(path);
        free(path);
    }
    close(scene->lock);
    rmdir(scene->folder);
    free(scene);
    return 0;
}

static void test_oldest_goes(void **state)
{
    const struct scene *scene = *state;
    struct cache_size size = cache_measure(scene->folder);

    assert_int_equal(size.count, 4);
    assert_true(size.bytes >= 5 * ENTRY_BYTES);
    cache_prune(scene->folder, scene->lock, size.bytes);
    assert_int_equal(cache_measure(scene->folder).count, 4);
    cache_prune(scene->folder, scene->lock, size.bytes - 1); /* to 90% of it: one is enough */
    assert_false(has(scene, "profiles/a"));
    assert_int_equal(cache_measure(scene->folder).count, 3);
    cache_prune(scene->folder, scene->lock, 3 * ENTRY_BYTES);
    assert_false(has(scene, "notes/n"));
    assert_false(has(scene, "profiles/b")); /* with both of its files */
    assert_true(has(scene, "profiles/c/default.prof"));
    cache_prune(scene->folder, scene->lock, 0);
    assert_int_equal(cache_measure(scene->folder).count, 0);
}

static void test_used_stays(void **state)
{
    const struct scene *scene = *state;

    touch(scene, "profiles/a/default.prof");
    cache_prune(scene->folder, scene->lock, 3 * ENTRY_BYTES);
    assert_true(has(scene, "profiles/a/default.prof"));
    assert_false(has(scene, "profiles/b"));
    assert_false(cache_touch("/nowhere/at/all"));
}

/* Each profile leaves an index in its project; what else lies there is not the cache's. */
static void test_indexes(void **state)
{
    const struct scene *scene = *state;

    add_file(scene, "projects/p/slices/i", 500);
    add_file(scene, "projects/p/objects", 400);
    assert_int_equal(cache_measure(scene->folder).count, 5);
    cache_prune(scene->folder, scene->lock, cache_measure(scene->folder).bytes - 1);
    assert_false(has(scene, "projects/p/slices/i"));
    assert_true(has(scene, "projects/p/objects"));
}

/* Another build holds the lock: nothing goes, and that one is still locked out of pruning, too. */
static void test_two_builds(void **state)
{
    const struct scene *scene = *state;
    struct err err = {0};
    int other = cache_lock(scene->folder, &err);

    assert_true(other >= 0);
    cache_prune(scene->folder, scene->lock, 0);
    assert_int_equal(cache_measure(scene->folder).count, 4);
    cache_prune(scene->folder, other, 0);
    assert_int_equal(cache_measure(scene->folder).count, 4);
    close(other);
    cache_prune(scene->folder, scene->lock, 0);
    assert_int_equal(cache_measure(scene->folder).count, 0);
}

static void test_remains(void **state)
{
    const struct scene *scene = *state;

    add_file(scene, "profile.abcdef", 1000);
    add_file(scene, "convert.abcdef", 1000);
    touch(scene, "convert.abcdef"); /* of a build that ran a moment ago */
    cache_prune(scene->folder, scene->lock, CACHE_MAX_BYTES);
    assert_false(has(scene, "profile.abcdef"));
    assert_true(has(scene, "convert.abcdef"));
}

/* What a power cut has left short is written again; what is whole is not. */
static void test_short_after_a_power_cut(void **state)
{
    const struct scene *scene = *state;
    struct strbuf bytes = {0}, back = {0};
    struct err err = {0};
    struct stat before, after;
    char *path;

    strbuf_add_text(&bytes, "the content that names it");
    path = store_put(scene->folder, "default.prof", &bytes, FILE_REPLACE_UNSYNCED, &err);
    assert_non_null(path);
    assert_int_equal(truncate(path, 3), 0);
    free(path);
    path = store_put(scene->folder, "default.prof", &bytes, FILE_REPLACE_UNSYNCED, &err);
    assert_true(file_read(path, 100, &back, &err));
    assert_string_equal(back.data, bytes.data);
    assert_int_equal(stat(path, &before), 0);
    free(path);
    path = store_put(scene->folder, "default.prof", &bytes, FILE_REPLACE, &err);
    assert_int_equal(stat(path, &after), 0);
    assert_true(before.st_ino == after.st_ino);
    assert_true(file_sync(scene->folder, &err));
    assert_false(file_sync(path, &err)); /* no folder */
    free(path);
    strbuf_release(&bytes);
    strbuf_release(&back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_oldest_goes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_used_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_indexes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_two_builds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_remains, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_short_after_a_power_cut, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
