/* Where a profile comes from: write and read is the identity, any order gives the same bytes. */
#include "profile/provenance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define EXAMPLE                                                                                    \
    "#!pgo recorded 24600 samples from 2026-11-20T10:00:00Z to 2026-11-20T10:05:00Z\n"             \
    "#!pgo binary 0a1b app\n"                                                                      \
    "#!pgo binary 3f2a9c lib with spaces.so\n"

static void expect_read(const char *text, const char *expected)
{
    struct provenance provenance = {0};
    struct strbuf out = {0};

    provenance_read(&provenance, text);
    provenance_write(&provenance, &out);
    assert_string_equal(strbuf_text(&out), expected);
    strbuf_release(&out);
    provenance_release(&provenance);
}

static void test_identity(void **state)
{
    (void)state;
    expect_read("", "");
    expect_read(EXAMPLE, EXAMPLE);
    expect_read(EXAMPLE "main:1:0\n#!pgo recorded 1 samples\n", EXAMPLE);
    expect_read("# a comment\r\n#!pgo recorded 7 samples\r\n\r\nmain:1:0\n",
                "#!pgo recorded 7 samples\n");
}

/* What is damaged, or of a newer version, is passed over. */
static void test_foreign_lines(void **state)
{
    static const char *const lines[] = {
        "#!pgo samples 1\n",
        "#!pgo recorded\n",
        "#!pgo recorded x samples\n",
        "#!pgo recorded 1\n",
        "#!pgo recorded 1 samples yesterday\n",
        "#!pgo recorded 1 samples from 2026-11-20 to 2026-11-21\n",
        "#!pgo recorded 1 samples from 2026-11-20T10:00:00Z\n",
        "#!pgo recorded 1 samples from 2026-11-20T10:00:00Z to tomorrow\n",
        "#!pgo binary\n",
        "#!pgo binary XYZ app\n",
        "#!pgo binary 0a1b\n",
        "#!pgo binary  app\n",
        "#!pgo colour blue\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        expect_read(lines[i], "");
}

static void add_first(struct provenance *provenance)
{
    provenance->samples += 10;
    provenance_add_time(provenance, 1000, 1060);
    provenance_add_binary(provenance, "bb", "b");
    provenance_add_binary(provenance, "aa", "zebra");
}

static void add_second(struct provenance *provenance)
{
    provenance->samples += 5;
    provenance_add_time(provenance, 500, 0); /* the duration is not known */
    provenance_add_time(provenance, 0, 9999);
    provenance_add_binary(provenance, "aa", "a (deleted)");
    provenance_add_binary(provenance, "", "no id");
}

static void test_any_order(void **state)
{
    static const char expected[] = "#!pgo recorded 15 samples from 1970-01-01T00:08:20Z to "
                                   "1970-01-01T00:17:40Z\n"
                                   "#!pgo binary aa a\n"
                                   "#!pgo binary bb b\n";

    (void)state;
    for (int order = 0; order < 2; order++) {
        struct provenance one = {0}, other = {0};
        struct strbuf out = {0};

        (order ? add_first : add_second)(&one);
        (order ? add_second : add_first)(&other);
        provenance_merge(&one, &other);
        provenance_write(&one, &out);
        assert_string_equal(strbuf_text(&out), expected);
        strbuf_release(&out);
        provenance_release(&one);
        provenance_release(&other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identity),
        cmocka_unit_test(test_foreign_lines),
        cmocka_unit_test(test_any_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
