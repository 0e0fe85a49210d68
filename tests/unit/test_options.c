/* Command lines: every accepted form, and what is refused. */
#include "base/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

enum { OUTPUT, COUNT, TOP, VERBOSE, LONG };

static const struct option_spec table[] = {
    {"-o", OPTION_VALUE, "FILE", "write to FILE", OUTPUT},
    {"-v", OPTION_FLAG, NULL, "say more", VERBOSE},
    {"--count", OPTION_VALUE, "RULE", "how to count", COUNT},
    {"--top", OPTION_OPTIONAL, "N", "the first N", TOP},
    {"--a-very-long-name-of-an-option", OPTION_FLAG, NULL, "one line\nand another", LONG},
};

/* A command line in words that are separated by one space. */
struct line {
    char text[256];
    char *argv[16];
    struct options options;
};

static void start(struct line *line, const char *words)
{
    char *rest = line->text;

    *line = (struct line){0};
    strncpy(line->text, words, sizeof(line->text) - 1);
    line->options = (struct options){
        .table = table, .count = sizeof(table) / sizeof(table[0]), .argv = line->argv};
    line->argv[line->options.argc++] = "tool";
    while (rest && *rest)
        line->argv[line->options.argc++] = strsep(&rest, " ");
}

static void expect(struct line *line, int id, const char *value)
{
    struct err err = {0};
    const char *found;

    assert_int_equal(options_next(&line->options, &found, &err), id);
    if (value)
        assert_string_equal(found, value);
    else
        assert_null(found);
}

static void expect_error(struct line *line, const char *message)
{
    struct err err = {0};
    const char *found;

    assert_int_equal(options_next(&line->options, &found, &err), OPTIONS_ERROR);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_non_null(strstr(err.message, message));
}

static void test_accepted(void **state)
{
    struct line line;

    (void)state;
    start(&line, "-o a -ob --count=c --count d --top --top=5 -v e - --count= -o -v");
    expect(&line, OUTPUT, "a");
    expect(&line, OUTPUT, "b");
    expect(&line, COUNT, "c");
    expect(&line, COUNT, "d");
    expect(&line, TOP, NULL);
    expect(&line, TOP, "5");
    expect(&line, VERBOSE, NULL);
    expect(&line, OPTIONS_OPERAND, "e");
    expect(&line, OPTIONS_OPERAND, "-");
    expect(&line, COUNT, "");
    expect(&line, OUTPUT, "-v"); /* a value is a value */
    expect(&line, OPTIONS_END, NULL);
    expect(&line, OPTIONS_END, NULL);
    start(&line, "");
    expect(&line, OPTIONS_END, NULL);
}

static void test_after_two_dashes(void **state)
{
    struct line line;

    (void)state;
    start(&line, "-v -- -v --count -- x");
    expect(&line, VERBOSE, NULL);
    expect(&line, OPTIONS_OPERAND, "-v");
    expect(&line, OPTIONS_OPERAND, "--count");
    expect(&line, OPTIONS_OPERAND, "--");
    expect(&line, OPTIONS_OPERAND, "x");
    expect(&line, OPTIONS_END, NULL);
}

static void test_refused(void **state)
{
    struct line line;

    (void)state;
    start(&line, "--bogus");
    expect_error(&line, "--bogus");
    start(&line, "--coun=max"); /* no abbreviations */
    expect_error(&line, "--coun=max");
    start(&line, "--counts=max");
    expect_error(&line, "--counts=max");
    start(&line, "-count=max"); /* one dash is for one letter */
    expect_error(&line, "-count=max");
    start(&line, "-x");
    expect_error(&line, "-x");
    start(&line, "-vo");
    expect_error(&line, "-vo");
    start(&line, "-v=1");
    expect_error(&line, "-v=1");
    start(&line, "--a-very-long-name-of-an-option=1");
    expect_error(&line, "takes no value");
    start(&line, "-o");
    expect_error(&line, "-o needs a value: FILE");
    start(&line, "--count");
    expect_error(&line, "--count needs a value: RULE");
}

static void test_single_dash(void **state)
{
    struct line line;

    (void)state;
    start(&line, "-count=a --count=b -count c --top -v -o x -coun=d");
    line.options.single_dash = true;
    expect(&line, COUNT, "a");
    expect(&line, COUNT, "b");
    expect(&line, COUNT, "c");
    expect(&line, TOP, NULL);
    expect(&line, VERBOSE, NULL);
    expect(&line, OUTPUT, "x");
    expect_error(&line, "-coun=d");
}

static void test_stop_at_operand(void **state)
{
    struct line line;

    (void)state;
    start(&line, "-v make -v --count");
    line.options.stop_at_operand = true;
    expect(&line, VERBOSE, NULL);
    expect(&line, OPTIONS_END, NULL);
    assert_string_equal(line.argv[line.options.next], "make");
    start(&line, "-v -- -v");
    line.options.stop_at_operand = true;
    expect(&line, VERBOSE, NULL);
    expect(&line, OPTIONS_END, NULL);
    assert_int_equal(line.options.next, 3);
    assert_string_equal(line.argv[line.options.next], "-v");
}

static void test_help_text(void **state)
{
    struct strbuf out = {0};

    (void)state;
    options_describe(table, sizeof(table) / sizeof(table[0]), &out);
    assert_string_equal(out.data, "  -o FILE                 write to FILE\n"
                                  "  -v                      say more\n"
                                  "  --count=RULE            how to count\n"
                                  "  --top[=N]               the first N\n"
                                  "  --a-very-long-name-of-an-option\n"
                                  "                          one line\n"
                                  "                          and another\n");
    strbuf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted),        cmocka_unit_test(test_after_two_dashes),
        cmocka_unit_test(test_refused),         cmocka_unit_test(test_single_dash),
        cmocka_unit_test(test_stop_at_operand), cmocka_unit_test(test_help_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
