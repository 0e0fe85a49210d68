/* Splitting a command into words, against what a POSIX shell makes of the same text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/compiler.h"
#include "base/process.h"
#include "pgo-bench/command.h"

/* printf '%s\n' before the text: the shell prints one word a line. */
static void check_against_shell(const char *text)
{
    struct strbuf script = {0}, ours = {0};
    struct process_result shell = {0};
    struct command command;
    struct err err = {0};

    strbuf_add_format(&script, "printf '%%s\\n' %s", text);
    assert_true(process_run((const char *[]){"sh", "-c", strbuf_text(&script), NULL}, NULL, 0,
                            1 << 16, &shell, &err));
    strbuf_reset(&script);
    strbuf_add_format(&script, "true %s", text);
    assert_true(command_init(&command, "base", strbuf_text(&script), &err));
    for (size_t i = 1; i < command.word_count; i++)
        strbuf_add_format(&ours, "%s\n", command.words[i]);
    assert_null(command.words[command.word_count]);
    assert_string_equal(strbuf_text(&ours), strbuf_text(&shell.output));
    command_release(&command);
    process_result_release(&shell);
    strbuf_release(&script);
    strbuf_release(&ours);
}

static void words_are_those_of_a_shell(void **state)
{
    static const char *const texts[] = {
        "a b  c",          "'a b' \"c d\"",
        "a'b c'd",         "''",
        "a '' \"\" b",     "a\\ b",
        "\\'a \\\"b \\\\", "'a\\b' \"a\\\\b\" \"a\\\"b\" \"a\\b\"",
        "'|&;<>()$`*?'",   "\\| \\* \\$HOME",
        "\t a\tb\n",       "--x='1 2' -D\"A=\\\"q\\\"\"",
        "'it'\\''s'",      "\"\\$HOME \\`x\\`\"",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        check_against_shell(texts[i]);
}

static void check_error(const char *text, const char *message)
{
    struct command command;
    struct err err = {0};

    assert_false(command_init(&command, "test", text, &err));
    assert_string_equal(err.message, message);
    assert_true(err.hint[0] != '\0');
    assert_null(command.words);
}

static void bad_commands(void **state)
{
    (void)state;
    check_error("", "--test: the command is empty");
    check_error(" \t", "--test: the command is empty");
    check_error("true 'a b", "--test: unbalanced ', opened at: 'a b");
    check_error("true \"a'", "--test: unbalanced \", opened at: \"a'");
    check_error("true a\\", "--test: a backslash ends the command");
    check_error("true > x", "--test: '>' needs a shell, and commands are run without one");
    check_error("true a;b", "--test: ';' needs a shell, and commands are run without one");
    check_error("./no-such x", "--test: ./no-such: no such program");
    check_error("A=1 true", "--test: A=1: no such program");
    check_error("/dev/null", "--test: /dev/null: not an executable file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_those_of_a_shell),
        cmocka_unit_test(bad_commands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
