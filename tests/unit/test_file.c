/* Whole files: bounded reading; writing that succeeds as a whole or changes nothing. */
#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

/* Each test works in an empty folder of its own. */
static int enter_scratch(void **state)
{
    char *folder = strdup("/tmp/test_file.XXXXXX");

    *state = folder;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int count_entries(const char *folder)
{
    DIR *stream = opendir(folder);
    int count = 0;

    assert_non_null(stream);
    for (struct dirent *entry; (entry = readdir(stream));)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(stream);
    return count;
}

static int leave_scratch(void **state)
{
    char *folder = *state;
    DIR *stream = opendir(folder);

    for (struct dirent *entry; stream && (entry = readdir(stream));)
        if (unlink(entry->d_name) != 0)
            (void)!rmdir(entry->d_name);
    closedir(stream);
    (void)!chdir("/");
    rmdir(folder);
    free(folder);
    return 0;
}

static void expect_content(const char *path, const char *expected)
{
    struct strbuf content = {0};
    struct err err = {0};

    assert_true(file_read(path, 1000, &content, &err));
    assert_string_equal(strbuf_text(&content), expected);
    strbuf_release(&content);
}

static void test_write_then_read(void **state)
{
    struct err err = {0};

    (void)state;
    assert_false(file_exists("a"));
    assert_true(file_write("a", "one", 3, FILE_KEEP, &err));
    assert_true(file_exists("a"));
    expect_content("a", "one");
    assert_true(file_write("a", "", 0, FILE_REPLACE, &err));
    expect_content("a", "");
    assert_int_equal(count_entries("."), 1);
}

static void test_keep_refuses(void **state)
{
    struct err err = {0};

    (void)state;
    assert_true(file_write("a", "one", 3, FILE_KEEP, &err));
    assert_false(file_write("a", "two", 3, FILE_KEEP, &err));
    assert_non_null(strstr(err.message, "a: not overwritten"));
    assert_non_null(strstr(err.hint, "-f"));
    expect_content("a", "one");
    assert_int_equal(count_entries("."), 1);
}

static void test_failure_leaves_nothing(void **state)
{
    struct err err = {0};

    (void)state;
    assert_false(file_write("missing/a", "one", 3, FILE_REPLACE, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_int_equal(mkdir("folder", 0777), 0);
    assert_false(file_write("folder", "one", 3, FILE_REPLACE, &err));
    assert_int_equal(err.kind, ERR_IO);
    assert_false(file_write("folder", "one", 3, FILE_KEEP, &err));
    assert_int_equal(count_entries("."), 1);
    assert_int_equal(count_entries("folder"), 0);
}

/* A disk that is full half-way: the limit on a file's size stands for it. */
static void test_short_write_keeps_the_old_content(void **state)
{
    struct rlimit before, limit;
    struct err err = {0};
    char large[10000];

    (void)state;
    memset(large, 'x', sizeof(large));
    assert_true(file_write("a", "old", 3, FILE_KEEP, &err));
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = 5000;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_false(file_write("a", large, sizeof(large), FILE_REPLACE, &err));
    assert_false(file_write("b", large, sizeof(large), FILE_REPLACE, &err));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(err.kind, ERR_IO);
    expect_content("a", "old");
    assert_int_equal(count_entries("."), 1);
}

static void test_permissions(void **state)
{
    struct err err = {0};
    struct stat status;
    mode_t mask = umask(027);

    (void)state;
    assert_true(file_write("a", "one", 3, FILE_KEEP, &err));
    assert_int_equal(stat("a", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
    assert_int_equal(chmod("a", 0604), 0);
    assert_true(file_write("a", "two", 3, FILE_REPLACE, &err)); /* what the user has set stays */
    assert_int_equal(stat("a", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0604);
    umask(mask);
}

static void test_what_is_no_regular_file(void **state)
{
    struct err err = {0};
    struct stat status;

    (void)state;
    assert_true(file_write("/dev/null", "one", 3, FILE_REPLACE, &err));
    assert_int_equal(stat("/dev/null", &status), 0);
    assert_true(S_ISCHR(status.st_mode));
    assert_false(file_write("/dev/full", "one", 3, FILE_REPLACE, &err));
    assert_int_equal(err.kind, ERR_IO);
}

static void test_reading_is_bounded(void **state)
{
    struct strbuf content = {0};
    struct err err = {0};

    (void)state;
    assert_true(file_write("a", "0123456789", 10, FILE_KEEP, &err));
    strbuf_add_text(&content, "kept ");
    assert_false(file_read("a", 9, &content, &err));
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_int_equal(content.len, 5);
    assert_true(file_read("a", 10, &content, &err));
    assert_string_equal(content.data, "kept 0123456789");
    assert_false(file_read("/dev/zero", 1000000, &content, &err));
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_false(file_read("missing", 10, &content, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_false(file_read(".", 10, &content, &err));
    assert_int_equal(err.kind, ERR_IO);
    assert_int_equal(content.len, 15);
    strbuf_release(&content);
}

static void test_folders(void **state)
{
    struct err err = {0};
    struct stat status;

    (void)state;
    assert_true(file_make_folders("f", &err));
    assert_true(file_make_folders("f", &err));
    assert_int_equal(stat("f", &status), 0);
    assert_true(S_ISDIR(status.st_mode));
    assert_true(file_write("a", "", 0, FILE_KEEP, &err));
    assert_false(file_make_folders("a/b/c", &err));
    assert_int_equal(err.kind, ERR_IO);
    assert_false(file_make_folders("a", &err)); /* there, but no folder */
    assert_false(file_make_folders("", &err));
    assert_true(file_make_folders("/", &err));
    assert_true(file_make_folders("./f/", &err));
}

static void test_map(void **state)
{
    struct file_map map = {0};
    struct err err = {0};

    (void)state;
    assert_true(file_write("whole", "content", 7, FILE_KEEP, &err));
    assert_true(file_write("nothing", "", 0, FILE_KEEP, &err));
    assert_true(file_map("whole", &map));
    assert_int_equal(map.len, 7);
    assert_memory_equal(map.data, "content", 7);
    file_unmap(&map);
    assert_null(map.data);
    assert_false(file_map("nothing", &map));
    assert_false(file_map("missing", &map));
    assert_false(file_map(".", &map));
    assert_false(file_map("/dev/null", &map));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_write_then_read, enter_scratch, leave_scratch),
        cmocka_unit_test_setup_teardown(test_keep_refuses, enter_scratch, leave_scratch),
        cmocka_unit_test_setup_teardown(test_failure_leaves_nothing, enter_scratch, leave_scratch),
        cmocka_unit_test_setup_teardown(test_short_write_keeps_the_old_content, enter_scratch,
                                        leave_scratch),
        cmocka_unit_test_setup_teardown(test_permissions, enter_scratch, leave_scratch),
        cmocka_unit_test_setup_teardown(test_what_is_no_regular_file, enter_scratch, leave_scratch),
        cmocka_unit_test_setup_teardown(test_reading_is_bounded, enter_scratch, leave_scratch),
        cmocka_unit_test_setup_teardown(test_folders, enter_scratch, leave_scratch),
        cmocka_unit_test_setup_teardown(test_map, enter_scratch, leave_scratch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
