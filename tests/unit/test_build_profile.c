/* Kinds of profiles by content, their counts, and clang's account of stale ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../pgo-build/profile_text.h"
#include "../../pgo-build/staleness.h"
#include "base/file.h"
#include "base/memory.h"

static void test_kind(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        enum profile_kind kind;
    } cases[] = {
        {"", 0, PROFILE_EMPTY},
        {" \n\n", 3, PROFILE_EMPTY},
        {"main:12:3\n 1: 2\n", 16, PROFILE_TEXT},
        {"# a comment\n\nmain:12:3\n", 23, PROFILE_TEXT},
        {"[main:1 @ foo]:12:3\n", 20, PROFILE_TEXT},
        {"hello\n", 6, PROFILE_FOREIGN},
        {"\0\0\0\0", 4, PROFILE_FOREIGN},
        {"\x84\xe4\xd0\xb1\xf4\xc9\x94\xa8\x53\x67", 10, PROFILE_BINARY}, /* extensible */
        {"\xff\xe5\xd0\xb1\xf4\xc9\x94\xa8\x53\x67", 10, PROFILE_BINARY}, /* raw */
        {"\xfflprofi\x81", 8, PROFILE_INSTRUMENTATION},
        {"PERFILE2", 8, PROFILE_PERF_DATA},
        {"\x1f\x8b\x08\0", 4, PROFILE_PPROF},
        {"\0\0\0\0\3\0\0\0\0\0\0\0", 12, PROFILE_GPERFTOOLS},
        {"\0\0\0\0\0\0\0\3\0\0\0\0", 12, PROFILE_GPERFTOOLS},
        {"\0\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 24, PROFILE_GPERFTOOLS},
        {"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\0", 24, PROFILE_GPERFTOOLS},
        {"\0\0\0\0\3\0\0\0\1\0\0\0", 12, PROFILE_FOREIGN}, /* another version */
        {"\x0a\x04\x08\x01\x10\x02", 6, PROFILE_PPROF},
        {"\x7f"
         "ELF\x02\x01\x01\0",
         8, PROFILE_FOREIGN},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        if (profile_kind(cases[i].bytes, cases[i].len) != cases[i].kind)
            fail_msg("case %zu: kind %d, expected %d", i,
                     profile_kind(cases[i].bytes, cases[i].len), cases[i].kind);
}

static void test_count(void **state)
{
    struct profile profile = {0};

    (void)state;
    profile_count_text(&profile, "# x:9:9\na:b::c:100:1\n 1: 50 d:50\n 2: e:7\n  3: 8\nmain:10:0\n"
                                 "broken\n");
    assert_int_equal(profile.counts, 110);
    assert_int_equal(profile.functions, 2);
    assert_false(profile.by_probe);
    profile_count_text(&profile, "a:18446744073709551615:0\nb:1:0");
    assert_true(profile.counts == UINT64_MAX);
    profile_count_text(&profile, "a:1:0\n 1: 1\n !CFGChecksum: 7\n");
    assert_true(profile.by_probe);
    profile_count_text(&profile, "a:1:0\n 1: 1\n# !CFGChecksum: 7\n 2: !CFGChecksum:1\n");
    assert_false(profile.by_probe);
}

static void test_staleness(void **state)
{
    struct staleness staleness = {0};

    (void)state;
    assert_true(staleness_take_line(
        &staleness, "(2/9) of callsites' profile are invalid and (60/1000) of samples are "
                    "discarded due to callsite location mismatch.\n"));
    assert_true(staleness_take_line(
        &staleness, "(1/2) of callsites and (50/60) of samples are recovered by stale profile "
                    "matching.\n"));
    assert_true(staleness.reported);
    assert_int_equal(staleness.found, 1000);
    assert_int_equal(staleness.lost, 10);
    assert_true(staleness_take_line(
        &staleness, "(1/3) of functions' profile are invalid and (5/200) of samples are discarded "
                    "due to function hash mismatch.\n"));
    assert_int_equal(staleness.found, 1000); /* the call sites' line brings the whole */
    assert_int_equal(staleness.lost, 10);
    assert_int_equal(staleness.changed, 5);
    assert_true(staleness_take_line(
        &staleness, "(1/3) of functions' profile are matched and (7/200) of samples are reused by "
                    "call graph matching.\n"));
    assert_int_equal(staleness.found, 1000);
    assert_int_equal(staleness.lost, 10);
    assert_false(staleness_take_line(&staleness, "(1/3) of callsites and (1/2) of\n"));
    assert_false(staleness_take_line(&staleness, "(1/3) of "));
    assert_false(staleness_take_line(&staleness, "(1/3) of something else\n"));
    assert_false(staleness_take_line(&staleness, "a.c:1:2: error: (1/2) of callsites\n"));
}

/* Everything comes through in order but the lines that are taken, however it is cut. */
static void test_filter(void **state)
{
    static const char input[] =
        "a.c:1: warning\n(0/1) of callsites' profile are invalid and (1/20) of samples are "
        "discarded due to callsite location mismatch.\n( x\n(0/1) of callsites and (0/1) of "
        "samples are recovered by stale profile matching.\nno newline at the end";
    struct staleness staleness = {0};
    struct strbuf output = {0};
    struct err err = {0};
    int in[2], out[2];

    (void)state;
    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    assert_true(file_write_fd(in[1], input, strlen(input)));
    close(in[1]);
    staleness_filter(&staleness, in[0], out[1]);
    close(out[1]);
    assert_true(file_read_fd(out[0], "pipe", 1 << 20, &output, &err));
    assert_string_equal(output.data, "a.c:1: warning\n( x\nno newline at the end");
    assert_int_equal(staleness.found, 20);
    assert_int_equal(staleness.lost, 1);
    close(in[0]);
    close(out[0]);
    strbuf_release(&output);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_kind), cmocka_unit_test(test_count),
                                       cmocka_unit_test(test_staleness),
                                       cmocka_unit_test(test_filter)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
