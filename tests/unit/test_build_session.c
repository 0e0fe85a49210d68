/* What pgo-build and its launcher tell each other: write -> read is the identity. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../pgo-build/log.h"
#include "../../pgo-build/record.h"
#include "../../pgo-build/session.h"
#include "base/file.h"

static void test_record(void **state)
{
    static const char *const fields[] = {"", "a\tb\nc\rd%41 \xff", "", "42"};
    struct strbuf text = {0};
    struct record record;
    char *rest;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
        record_add(&text, fields[i]);
    record_end(&text);
    strbuf_add_text(&text, "cut short"); /* by a writer that died */
    rest = text.data;
    assert_true(record_next(&rest, &record));
    assert_int_equal(record.count, ARRAY_SIZE(fields));
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
        assert_string_equal(record.fields[i], fields[i]);
    assert_int_equal(record_u64(&record, 3), 42);
    assert_int_equal(record_u64(&record, 1), 0);
    assert_string_equal(record_field(&record, 9), "");
    assert_false(record_next(&rest, &record));
    strbuf_release(&text);
}

/* A line with more fields than fit is passed over, what follows is read. */
static void test_record_too_long(void **state)
{
    struct strbuf text = {0};
    struct record record;
    char *rest;

    (void)state;
    for (int i = 0; i < RECORD_MAX_FIELDS + 1; i++)
        record_add(&text, "x");
    record_end(&text);
    record_add(&text, "y");
    record_end(&text);
    rest = text.data;
    assert_true(record_next(&rest, &record));
    assert_string_equal(record.fields[0], "y");
    strbuf_release(&text);
}

static struct selection_rule rules[] = {
    {"/project/a\tb",
     {"/project/a\tb/default.pgo", "/cache/1/default.prof", true, "/cache/notes/1"}},
    {"/project", {"/project/default.pgo", NULL, false, NULL}},
};

static void fill(struct session *session)
{
    session_add_tool(session, "cc", "/usr/bin/clang-22");
    session_add_tool(session, "ccache", "/opt/my tools/cc\nache");
    session->selection = (struct selection){.root = "/project",
                                            .rules = rules,
                                            .count = 2,
                                            .fallback = rules[0].profile,
                                            .probes = PROBES_OFF};
}

static void test_session(void **state)
{
    struct session written = {0}, parsed = {0};
    struct strbuf text = {0}, again = {0};
    struct err err = {0};
    char *copy;

    (void)state;
    fill(&written);
    session_format(&written, &text);
    copy = mem_strdup(text.data);
    assert_true(session_parse(&parsed, copy, &err));
    session_format(&parsed, &again);
    assert_string_equal(text.data, again.data);
    assert_string_equal(session_tool(&parsed, "ccache"), "/opt/my tools/cc\nache");
    assert_null(session_tool(&parsed, "gcc"));
    assert_null(parsed.selection.rules[1].profile.path);
    assert_true(parsed.selection.rules[0].profile.by_probe);
    assert_string_equal(parsed.selection.rules[0].profile.note, "/cache/notes/1");
    assert_null(parsed.selection.rules[1].profile.note);
    assert_true(parsed.selection.fallback.by_probe);
    assert_int_equal(parsed.selection.probes, PROBES_OFF);
    assert_string_equal(parsed.selection.rules[0].folder, "/project/a\tb");
    session_release(&parsed);
    written.selection.rules = NULL; /* static */
    session_release(&written);
    strbuf_release(&text);
    strbuf_release(&again);
    free(copy);
}

/* A session cut anywhere is refused, not half believed. */
static void test_session_cut(void **state)
{
    struct session written = {0};
    struct strbuf text = {0};

    (void)state;
    fill(&written);
    session_format(&written, &text);
    for (size_t len = 0; len < text.len; len++) {
        struct session parsed = {0};
        struct err err = {0};
        char *copy = mem_format("%.*s", (int)len, text.data);

        assert_false(session_parse(&parsed, copy, &err));
        session_release(&parsed);
        free(copy);
    }
    written.selection.rules = NULL;
    session_release(&written);
    strbuf_release(&text);
}

/* Alone, then shared; the launcher's question sees the lock while one holds it. */
static void test_lock(void **state)
{
    char folder[] = "/tmp/build-session-XXXXXX";
    enum session_lock_kind kind;
    struct err err = {0};
    int first, second;
    char *lock;

    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_false(session_is_live(folder));
    first = session_lock(folder, &kind, &err);
    assert_true(first >= 0 && kind == SESSION_ALONE);
    assert_true(session_share(first, folder, &err));
    second = session_lock(folder, &kind, &err);
    assert_true(second >= 0 && kind == SESSION_SHARED);
    close(first);
    assert_true(session_is_live(folder));
    close(second);
    assert_false(session_is_live(folder));
    lock = mem_format("%s/lock", folder);
    unlink(lock);
    rmdir(folder);
    free(lock);
}

static void test_log(void **state)
{
    char folder[] = "/tmp/build-log-XXXXXX";
    const struct log_entry written = {.verdict = INJECT_GCC,
                                      .exit_code = 1,
                                      .compiler = "/usr/bin/gcc",
                                      .version = "",
                                      .source = "/p/a b.c",
                                      .output = "/p/a\tb.o",
                                      .profile = "",
                                      .cache = "ccache",
                                      .probes = true,
                                      .staleness = {true, 12, 3, 4}};
    struct strbuf text = {0};
    struct log_entry read;
    struct err err = {0};
    char *path, *rest;

    (void)state;
    assert_non_null(mkdtemp(folder));
    path = mem_format("%s/log", folder);
    log_append(folder, &written);
    assert_true(file_read(path, 1 << 20, &text, &err));
    rest = text.data;
    assert_true(log_next(&rest, &read));
    assert_int_equal(read.verdict, INJECT_GCC);
    assert_int_equal(read.exit_code, 1);
    assert_string_equal(read.source, written.source);
    assert_string_equal(read.output, written.output);
    assert_string_equal(read.cache, written.cache);
    assert_true(read.probes);
    assert_int_equal(read.staleness.found, 12);
    assert_int_equal(read.staleness.lost, 3);
    assert_int_equal(read.staleness.changed, 4);
    assert_false(log_next(&rest, &read));
    unlink(path);
    rmdir(folder);
    strbuf_release(&text);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record),  cmocka_unit_test(test_record_too_long),
        cmocka_unit_test(test_session), cmocka_unit_test(test_session_cut),
        cmocka_unit_test(test_lock),    cmocka_unit_test(test_log)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
