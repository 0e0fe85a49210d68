/* Address spaces against a model that remembers each single address. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "profile/address_space.h"

enum { PROCESSES = 4, ADDRESSES = 48, STEPS = 4000 };

static void map(struct address_spaces *spaces, uint32_t pid, uint64_t start, uint64_t limit,
                const char *file)
{
    struct code_mapping mapping = {
        .start_ip = start, .limit_ip = limit, .pgoff = 7, .file = file, .build_id = "ab"};

    address_spaces_map(spaces, pid, &mapping);
}

static const char *file_at(const struct address_spaces *spaces, uint32_t pid, uint64_t ip)
{
    uint32_t id = address_spaces_find(spaces, pid, ip);

    return id == ADDRESS_SPACE_NONE ? "" : spaces->mappings[id].file;
}

static void test_limits(void **state)
{
    struct address_spaces spaces = {0};

    (void)state;
    assert_string_equal(file_at(&spaces, 1, 100), "");
    map(&spaces, 1, 100, 200, "a");
    map(&spaces, 1, 300, 300, "empty");
    assert_string_equal(file_at(&spaces, 1, 99), "");
    assert_string_equal(file_at(&spaces, 1, 100), "a");
    assert_string_equal(file_at(&spaces, 1, 199), "a");
    assert_string_equal(file_at(&spaces, 1, 200), "");
    assert_string_equal(file_at(&spaces, 1, 300), "");
    assert_string_equal(file_at(&spaces, 2, 100), "");
    address_spaces_release(&spaces);
}

static bool is_program(const struct address_spaces *spaces, uint32_t pid, uint64_t ip)
{
    return spaces->mappings[address_spaces_find(spaces, pid, ip)].is_program;
}

/* What a process has first, also after an exec; libraries and the kernel's modules are none. */
static void test_program(void **state)
{
    struct address_spaces spaces = {0};

    (void)state;
    map(&spaces, UINT32_MAX, 900, 950, "/lib/modules/x.ko");
    map(&spaces, 1, 100, 200, "/bin/sh");
    map(&spaces, 1, 300, 400, "/lib/libc.so.6");
    address_spaces_fork(&spaces, 2, 1);
    map(&spaces, 2, 500, 600, "/lib/more.so");
    assert_true(is_program(&spaces, 2, 100));
    address_spaces_clear(&spaces, 2);
    map(&spaces, 2, 150, 250, "/bin/app");
    map(&spaces, 2, 300, 400, "/lib/libc.so.6");
    assert_true(is_program(&spaces, 1, 100));
    assert_true(is_program(&spaces, 2, 150));
    assert_false(is_program(&spaces, 1, 300));
    assert_false(is_program(&spaces, UINT32_MAX, 900));
    map(&spaces, 3, 100, 200, "//anon");
    assert_false(is_program(&spaces, 3, 100));
    address_spaces_release(&spaces);
}

/* What is left of a mapping keeps its start, so that file offsets stay right. */
static void test_split_keeps_identity(void **state)
{
    struct address_spaces spaces = {0};
    uint32_t left, right;

    (void)state;
    map(&spaces, 1, 100, 200, "a");
    map(&spaces, 1, 140, 150, "b");
    left = address_spaces_find(&spaces, 1, 139);
    right = address_spaces_find(&spaces, 1, 150);
    assert_int_equal(left, right);
    assert_string_equal(file_at(&spaces, 1, 145), "b");
    assert_int_equal(spaces.mappings[left].start_ip, 100);
    assert_int_equal(spaces.mappings[left].limit_ip, 200);
    assert_int_equal(spaces.mappings[left].pgoff, 7);
    address_spaces_release(&spaces);
}

static void test_same_mapping_is_shared(void **state)
{
    struct address_spaces spaces = {0};

    (void)state;
    map(&spaces, 1, 100, 200, "a");
    map(&spaces, 2, 100, 200, "a");
    map(&spaces, 2, 100, 260, "a"); /* grown */
    map(&spaces, 3, 101, 200, "a");
    assert_int_equal(spaces.mapping_count, 2);
    assert_int_equal(spaces.mappings[0].limit_ip, 260);
    assert_string_equal(file_at(&spaces, 2, 230), "a");
    assert_string_equal(file_at(&spaces, 1, 230), "");
    address_spaces_release(&spaces);
}

static void test_fork_and_exec(void **state)
{
    struct address_spaces spaces = {0};

    (void)state;
    map(&spaces, 1, 100, 200, "a");
    address_spaces_fork(&spaces, 2, 1);
    address_spaces_fork(&spaces, 1, 1); /* a thread: nothing changes */
    map(&spaces, 2, 150, 160, "b");
    assert_string_equal(file_at(&spaces, 1, 155), "a");
    assert_string_equal(file_at(&spaces, 2, 155), "b");
    address_spaces_clear(&spaces, 1);
    assert_string_equal(file_at(&spaces, 1, 155), "");
    assert_string_equal(file_at(&spaces, 2, 199), "a");
    address_spaces_fork(&spaces, 2, 1); /* the pid is used again */
    assert_string_equal(file_at(&spaces, 2, 199), "");
    address_spaces_fork(&spaces, 9, 8); /* of a parent nobody has seen */
    assert_string_equal(file_at(&spaces, 9, 100), "");
    address_spaces_release(&spaces);
}

static char model[PROCESSES][ADDRESSES]; /* the file's letter, or 0 */

static void check_model(const struct address_spaces *spaces)
{
    for (uint32_t pid = 0; pid < PROCESSES; pid++)
        for (uint64_t ip = 0; ip < ADDRESSES; ip++) {
            char expected[2] = {model[pid][ip], '\0'};
            struct address_part part = address_spaces_find_part(spaces, pid, ip);

            assert_string_equal(file_at(spaces, pid, ip), expected);
            assert_in_range(ip, part.start_ip, part.limit_ip - 1);
            for (uint64_t other = part.start_ip; other < part.limit_ip && other < ADDRESSES;
                 other++)
                assert_int_equal(model[pid][other], model[pid][ip]);
        }
}

static void test_model(void **state)
{
    struct address_spaces spaces = {0};

    (void)state;
    srand(1);
    for (int i = 0; i < STEPS; i++) {
        uint32_t pid = (uint32_t)(rand() % PROCESSES), parent = (uint32_t)(rand() % PROCESSES);
        int start = rand() % ADDRESSES, limit = start + rand() % (ADDRESSES - start + 1);
        char file[2] = {(char)('a' + rand() % 26), '\0'};

        if (rand() % 10) {
            map(&spaces, pid, (uint64_t)start, (uint64_t)limit, file);
            memset(model[pid] + start, file[0], (size_t)(limit - start));
        } else if (rand() % 2) {
            address_spaces_clear(&spaces, pid);
            memset(model[pid], 0, ADDRESSES);
        } else {
            address_spaces_fork(&spaces, pid, parent);
            memmove(model[pid], model[parent], ADDRESSES);
        }
        check_model(&spaces);
    }
    address_spaces_release(&spaces);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_program),
        cmocka_unit_test(test_split_keeps_identity),
        cmocka_unit_test(test_same_mapping_is_shared),
        cmocka_unit_test(test_fork_and_exec),
        cmocka_unit_test(test_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
