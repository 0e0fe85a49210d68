/* LLVM's text form as input: write and read is the identity; errors name the line. */
#include "profile/sampleprof_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct sampleprof *read_text(const char *text)
{
    struct err err = {0};
    struct sampleprof *tree = sampleprof_read_text(text, strlen(text), &err);

    if (!tree)
        fail_msg("%s", err.message);
    return tree;
}

/* What is written after the text was read. */
static void expect_written(const char *text, const char *expected)
{
    struct sampleprof *tree = read_text(text);
    struct sampleprof_losses losses;
    struct strbuf out = {0};

    sampleprof_write_text(tree, &out, &losses);
    assert_string_equal(strbuf_text(&out), expected);
    strbuf_release(&out);
    sampleprof_free(tree);
}

static void expect_same(const char *text)
{
    expect_written(text, text);
}

static void test_identity(void **state)
{
    (void)state;
    expect_same("");
    expect_same("main:10:0\n 1: 10\n");
    expect_same("_ZN1a1bEv:159:12\n 1: 100\n 1.2: 50\n 5: 0 c:4 a:3 b:3\n 7.1: inlined:9\n"
                "  3: 9\ncold:0:0\n 65535: 0\n 65535.4095: 0\n");
    expect_same("f:18446744073709551615:18446744073709551615\n 1: 18446744073709551615\n");
    expect_same("sort<int, char>:5:0\n 1: 3 a::b:7 x y:2\n 2: a::b:2\n  1: 1\n  2: c:1\n   4: 1\n");
    expect_same("f:3:1\n 1: 3\n#!pgo units 1\n#!pgo unit a b.c\n#!pgo  f\n#!pgo unit z.c\n");
}

/* What --refresh notes under a function's first line, and for the whole. */
static void test_identity_of_notes(void **state)
{
    (void)state;
    expect_same("f:3:1\n#!pgo samples 57 since 3\n 1: 3\ng:1:1\n#!pgo samples 2\n 1: 1\n"
                "h:0:0\n#!pgo samples 0 since 4\n#!pgo refresh 4\n#!pgo units 1\n#!pgo unit a.c\n");
    expect_same("#!pgo recorded 5 samples from 2026-11-20T10:00:00Z to 2026-11-20T10:05:00Z\n"
                "#!pgo binary 0a1b app\nf:1:0\n 1: 1\n#!pgo end\n");
    expect_written("f:1:0\n 1: 1\n#!pgo samples x since 4294967296\n", "f:1:0\n 1: 1\n");
    expect_written("f:1:0\n#!pgo samples 5\n 1: 1\nf.cold:1:0\n#!pgo samples 2\n 1: 1\n",
                   "f:2:0\n#!pgo samples 7\n 1: 2\n");
}

static void test_identity_by_probe(void **state)
{
    (void)state;
    expect_same("f:12:1\n 1: 10\n 2: g:2\n  1: 2\n  !CFGChecksum: 18446744073709551615\n"
                " !CFGChecksum: 7\n");
}

/* Totals are computed, copies of one function add up, comments and blank lines are nothing. */
static void test_made_canonical(void **state)
{
    (void)state;
    expect_written(
        "# a comment\n\nf.llvm.12:99:1\n 1: 2\n#!pgo later words\n 1: 3\r\nf:0:4\n 1: 1\n"
        " 2: g.part.0:5\n  1: 5\n 2: g:1\n  1: 1",
        "f:12:5\n 1: 6\n 2: g:6\n  1: 6\n");
    expect_written("f:3:1\n 1: 3\n 2: <vtables> _ZTV1A:3\n !Attributes: 2\n !Flat\n",
                   "f:3:1\n 1: 3\n");
}

static void expect_error(const char *text, enum err_kind kind, const char *message)
{
    struct err err = {0};

    assert_null(sampleprof_read_text(text, strlen(text), &err));
    assert_int_equal(err.kind, kind);
    assert_string_equal(err.message, message);
}

static void test_damage(void **state)
{
    (void)state;
    expect_error(" 1: 2\n", ERR_FORMAT,
                 "line 1: indented by 1, expected at most 0: no function is open there");
    expect_error("f:1:0\n  1: 2\n", ERR_FORMAT,
                 "line 2: indented by 2, expected at most 1: no function is open there");
    expect_error("f:1\n", ERR_FORMAT, "line 1: found 'f', expected NAME:TOTAL:HEAD");
    expect_error("f:1:-1\n", ERR_FORMAT, "line 1: found 'f:1:-1', expected NAME:TOTAL:HEAD");
    expect_error(":1:1\n", ERR_FORMAT, "line 1: found '', expected a function's name");
    expect_error("f:1:18446744073709551616\n", ERR_FORMAT,
                 "line 1: found 'f:1:18446744073709551616', expected NAME:TOTAL:HEAD");
    expect_error("f:1:1\n 1 2\n", ERR_FORMAT,
                 "line 2: found '1 2', expected LINE_OFFSET: COUNT or LINE_OFFSET: CALLEE:TOTAL");
    expect_error("f:1:1\n 65536: 2\n", ERR_FORMAT,
                 "line 2: found '65536', expected a line offset of 0 to 65535[.DISCRIMINATOR]");
    expect_error("f:1:1\n 1: 2x\n", ERR_FORMAT, "line 2: found '2x', expected a count");
    expect_error("f:1:1\n 1: 2 g\n", ERR_FORMAT, "line 2: found 'g', expected TARGET:COUNT");
    expect_error("f:1:1\n 1: g\n", ERR_FORMAT, "line 2: found 'g', expected CALLEE:TOTAL");
    expect_error("f:1:1\n 1: #g:1\n", ERR_FORMAT, "line 2: found '#g', expected a function's name");
    expect_error("#!pgo binary 0a1b app\nf:1:0\n 1: 1\n", ERR_FORMAT,
                 "it was cut short: found no '#!pgo end', its last line");
    expect_error("f:1:1\n !CFGChecksum: x\n", ERR_FORMAT, "line 2: found 'x', expected a checksum");
}

static void test_unsupported(void **state)
{
    (void)state;
    expect_error("[main:3 @ foo]:1:1\n 1: 1\n", ERR_UNSUPPORTED,
                 "line 1: a context-sensitive profile");
    expect_error("f:1:1\n 1.4096: 2\n", ERR_UNSUPPORTED,
                 "line 2: discriminator 4096, expected 0 to 4095");
    expect_error("14740650423002898831:1:1\n", ERR_UNSUPPORTED,
                 "line 1: found '14740650423002898831', expected a function's name");
    expect_error("f:0:0\n#!pgo units 2\n", ERR_UNSUPPORTED,
                 "line 2: compile-unit map of version '2', expected 1");
}

static void test_probes_and_lines_do_not_mix(void **state)
{
    (void)state;
    expect_error("f:1:1\n 1: 1\n !CFGChecksum: 5\ng:1:1\n 1: 1\n", ERR_FORMAT,
                 "1 of 2 functions have a !CFGChecksum, expected all or none: profiles by "
                 "pseudo-probe and by line do not mix");
    expect_error("f:1:1\n 1: 1\n !CFGChecksum: 5\nf.llvm.1:1:1\n !CFGChecksum: 6\n", ERR_FORMAT,
                 "line 5: a second record of f, with another checksum of its control flow");
}

/* 255 deep is read, 256 is not. */
static void test_depth(void **state)
{
    struct strbuf text = {0};
    struct err err = {0};
    struct sampleprof *tree;

    (void)state;
    strbuf_add_text(&text, "f:0:0\n");
    for (int depth = 1; depth < 255; depth++)
        strbuf_add_format(&text, "%*s1: f:0\n", depth, "");
    tree = sampleprof_read_text(text.data, text.len, &err);
    assert_non_null(tree);
    sampleprof_free(tree);
    strbuf_add_format(&text, "%*s1: f:0\n", 255, "");
    assert_null(sampleprof_read_text(text.data, text.len, &err));
    assert_string_equal(err.message, "line 256: inlined deeper than 255");
    strbuf_release(&text);
}

static void expect_form(const char *data, size_t len, enum sampleprof_form form)
{
    assert_int_equal(sampleprof_form_of(data, len), form);
}

static void test_forms(void **state)
{
    static const char extensible[] = "\x84\xe4\xd0\xb1\xf4\xc9\x94\xa8\x53g";
    static const char raw[] = "\xff\xe5\xd0\xb1\xf4\xc9\x94\xa8\x53g";

    (void)state;
    expect_form("", 0, SAMPLEPROF_NONE);
    expect_form("# only a comment", 16, SAMPLEPROF_NONE);
    expect_form("f:1:2", 5, SAMPLEPROF_TEXT);
    expect_form("#c\n\na::b:1:2\r\n 1: 2\n", 20, SAMPLEPROF_TEXT);
    expect_form("[f:3 @ g]:1:2\n", 14, SAMPLEPROF_TEXT);
    expect_form("f:1", 3, SAMPLEPROF_NONE);
    expect_form(":1:2", 4, SAMPLEPROF_NONE);
    expect_form("401000 12\n", 10, SAMPLEPROF_NONE);
    expect_form(extensible, 10, SAMPLEPROF_BINARY);
    expect_form(extensible, 8, SAMPLEPROF_NONE);
    expect_form(raw, 10, SAMPLEPROF_BINARY);
}

static void test_a_nul_byte(void **state)
{
    struct err err = {0};

    (void)state;
    assert_null(sampleprof_read_text("f:1:1\n 1: 1\0 2\n", 15, &err));
    assert_string_equal(err.message, "line 2: a NUL byte");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identity),
        cmocka_unit_test(test_identity_by_probe),
        cmocka_unit_test(test_identity_of_notes),
        cmocka_unit_test(test_made_canonical),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_unsupported),
        cmocka_unit_test(test_probes_and_lines_do_not_mix),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_a_nul_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
