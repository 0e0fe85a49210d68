/* The hash table: dense ids in order of addition, pointers that stay. */
#include "base/byteset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#define MANY 10000 /* several times the first size: it grows */

static void test_many(void **state)
{
    struct byteset set = {0};
    const void *first;
    uint32_t id;
    size_t len;

    (void)state;
    assert_false(byteset_find(&set, "x", 1, &id));
    for (uint32_t i = 0; i < MANY; i++) {
        uint32_t key = i * 2654435761u;

        assert_int_equal(byteset_add(&set, &key, sizeof(key)), i);
    }
    first = byteset_at(&set, 0, NULL);
    for (uint32_t i = 0; i < MANY; i++) {
        uint32_t key = i * 2654435761u;

        assert_int_equal(byteset_add(&set, &key, sizeof(key)), i); /* there already */
        assert_true(byteset_find(&set, &key, sizeof(key), &id));
        assert_int_equal(id, i);
        assert_memory_equal(byteset_at(&set, i, &len), &key, sizeof(key));
        assert_int_equal(len, sizeof(key));
    }
    assert_int_equal(set.count, MANY);
    assert_ptr_equal(byteset_at(&set, 0, NULL), first);
    assert_false(byteset_find(&set, "absent", 6, &id));
    byteset_release(&set);
}

/* Keys are bytes: NULs count, prefixes differ, the empty one is one; the caller's may change. */
static void test_keys(void **state)
{
    struct byteset set = {0};
    char text[] = "abc";

    (void)state;
    assert_int_equal(byteset_add(&set, "", 0), 0);
    assert_int_equal(byteset_add(&set, "\0", 1), 1);
    assert_int_equal(byteset_add(&set, "\0\0", 2), 2);
    assert_int_equal(byteset_add_text(&set, text), 3);
    assert_int_equal(byteset_add(&set, text, 2), 4);
    memset(text, 'x', 3);
    assert_string_equal(byteset_at(&set, 3, NULL), "abc"); /* a copy, with a NUL */
    assert_string_equal(byteset_at(&set, 4, NULL), "ab");
    assert_int_equal(byteset_add_text(&set, ""), 0);
    assert_int_equal(byteset_add_text(&set, "abc"), 3);
    byteset_release(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
