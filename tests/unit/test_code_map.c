/* Which code lies where in this process: the program's own, and libraries of ever new names. */
#include "../../collect/libpgocollect/code_map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The code that runs here is the program's own, and no other mapping is. */
static void test_program_is_known(void **state)
{
    struct code_map map = {0};
    unsigned count = 0;
    uint32_t own;

    (void)state;
    code_map_refresh(&map);
    own = code_map_find(&map, (uintptr_t)test_program_is_known);
    assert_int_not_equal(own, ADDRESS_SPACE_NONE);
    assert_true(map.mappings[own].is_program);
    for (size_t i = 0; i < map.mapping_count; i++)
        count += map.mappings[i].is_program;
    assert_int_equal(count, 1);
    code_map_release(&map);
}

enum { DEPTH = 12, NAME_BYTES = 251 };

static const char *make_name(char *name, unsigned number)
{
    snprintf(name, NAME_BYTES, "%0250u", number);
    return name;
}

/* As far as paths of 3 KB lead, from the working directory. */
static void enter_depth(void)
{
    char name[NAME_BYTES];

    for (int i = 0; i < DEPTH; i++) {
        assert_int_equal(mkdir(make_name(name, 0), 0700), 0);
        assert_int_equal(chdir(name), 0);
    }
}

static void leave_depth(void)
{
    char name[NAME_BYTES];

    for (int i = 0; i < DEPTH; i++) {
        assert_int_equal(chdir(".."), 0);
        assert_int_equal(rmdir(make_name(name, 0)), 0);
    }
}

static void *map_code(const char *name)
{
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0700);
    void *code;

    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, 4096), 0);
    code = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
    assert_ptr_not_equal(code, MAP_FAILED);
    close(fd);
    return code;
}

/* A file that is mapped as code and gets a new name again and again: what is kept has a bound. */
static void test_names_are_bounded(void **state)
{
    char top[] = "/tmp/pgo-code-map-XXXXXX", name[NAME_BYTES], next[NAME_BYTES];
    struct code_map map = {0};
    unsigned count = 0;
    void *code;

    (void)state;
    assert_non_null(mkdtemp(top));
    assert_int_equal(chdir(top), 0);
    enter_depth();
    code = map_code(make_name(name, count));
    do {
        assert_int_equal(rename(name, make_name(next, ++count)), 0);
        memcpy(name, next, sizeof(name));
        code_map_refresh(&map);
    } while (count < 3000 && code_map_find(&map, (uintptr_t)code) != ADDRESS_SPACE_NONE);
    assert_in_range(count, 1000, 2000); /* 4 MiB of 3 KB each */
    assert_int_not_equal(code_map_find(&map, (uintptr_t)make_name), ADDRESS_SPACE_NONE);
    code_map_release(&map);
    assert_int_equal(munmap(code, 4096), 0);
    assert_int_equal(unlink(name), 0);
    leave_depth();
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(rmdir(top), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_program_is_known),
        cmocka_unit_test(test_names_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
