/* The text of perf script: heads in their forms, frames, and what is none. */
#include "profile/perf_script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

static const char text[] = "# ========\n"
                           "Web Content  4242/4243  [001] 22375.292639:    1001001 cpu-clock:u: \n"
                           "\t           12e84 std::find<int>(int, int)+0x1c (/usr/bin/a b (1))\n"
                           "\t            11af twice (inlined)\n"
                           "\t            11af main+0x2f (/usr/bin/server)\n"
                           "\n"
                           "sh 7 1.000000005: cycles: \n"
                           "\tffffffff82203a31 [unknown] ([kernel.kallsyms])\n"
                           "\n"
                           "sh 7 PERF_RECORD_COMM: sh:7/7\n"
                           "what is this\n";

static void test_samples(void **state)
{
    struct perf_script script = {.next = text, .end = text + strlen(text)};
    struct perf_script_sample sample;

    (void)state;
    assert_true(perf_script_is(text, strlen(text)));
    assert_true(perf_script_next(&script, &sample));
    assert_string_equal(sample.comm, "Web Content");
    assert_int_equal(sample.pid, 4242);
    assert_int_equal(sample.tid, 4243);
    assert_int_equal(sample.time_ns, 22375292639000);
    assert_int_equal(sample.period, 1001001);
    assert_string_equal(sample.event, "cpu-clock:u");
    assert_int_equal(sample.frame_count, 2);
    assert_int_equal(sample.frames[0].ip, 0x12e84);
    assert_string_equal(sample.frames[1].symbol, "main");
    assert_string_equal(sample.frames[1].file, "/usr/bin/server");
    assert_true(perf_script_next(&script, &sample));
    assert_string_equal(sample.comm, "sh");
    assert_int_equal(sample.time_ns, 1000000005);
    assert_int_equal(sample.period, 0);
    assert_string_equal(sample.event, "cycles");
    assert_int_equal(sample.frames[0].ip, 0xffffffff82203a31);
    assert_false(perf_script_next(&script, &sample));
    assert_int_equal(script.unknown_lines, 2);
    perf_script_release(&script);
}

static void test_other_text(void **state)
{
    static const char *const texts[] = {"", "main:10:1\n 1: 10\n", "nothing of the kind\n",
                                        "a 1 cycles:\n", "a 1 1.000000: cycles: 12 f (x)\n"};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        assert_false(perf_script_is(texts[i], strlen(texts[i])));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_other_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
