/* What is printed for given figures, and what is read from cachegrind's log. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/compiler.h"
#include "pgo-bench/report.h"
#include "pgo-bench/text.h"

static const struct command base = {.label = "base", .text = "./app-plain \"a|b\" <x>"};
static const struct command test = {.label = "test", .text = "./app-pgo"};

static struct pair pair_items[20];

/* 20 of 60 pairs; a difference of 1% would take 54. */
static struct clock faster(void)
{
    return (struct clock){
        .settings = {.max_pairs = 60, .warm_up_runs = 1, .seed = 7, .gate_pct = -1, .cpu = CPU_ANY},
        .looks = {.items = {{.pairs = 20, .control_pairs = 10, .error = 0.001}}, .count = 1},
        .looked = 1,
        .run = {.pairs = {pair_items, 20, 20}, .control = {pair_items, 10, 20}},
        .judgement =
            {
                .verdict = VERDICT_FASTER,
                .base = {1.234, 1.24, 12.3 * 1048576, {1.2301, 1.241}, {1.23, 1.25}},
                .test = {0.9956, 1.05, 12.4 * 1048576, {0.9901, 1.0002}, {1.04, 1.06}},
                .shift = {log(0.847), {log(0.842), log(0.851)}},
                .p_value = 0.0000019,
                .floor = log(1.004),
                .spread = 0.0169,
            },
    };
}

static struct report report_of(const struct clock *clock)
{
    return (struct report){.base = &base, .test = &test, .clock = clock};
}

static void check_reason(const struct clock *clock, const char *expected)
{
    struct report report = report_of(clock);
    struct strbuf out = {0};

    report_reason(&report, &out);
    assert_string_equal(strbuf_text(&out), expected);
    strbuf_release(&out);
}

static void reasons(void **state)
{
    struct clock clock = faster();
    struct judgement *judgement = &clock.judgement;

    (void)state;
    check_reason(&clock, "test takes 15.3% less CPU time (99.9% interval 14.9 .. 15.8%), "
                         "1.18 times as fast");
    judgement->verdict = VERDICT_SLOWER;
    judgement->shift = (struct shift){log(1.032), {log(1.0095), log(1.044)}};
    check_reason(&clock, "test takes 3.2% more CPU time (99.9% interval 0.95 .. 4.4%), "
                         "1.032 times as long");
    judgement->verdict = VERDICT_NO_DIFFERENCE;
    judgement->floor = log(1.05);
    check_reason(&clock, "the 99.9% interval of the change, +0.95 .. +4.4%, excludes 0, but base "
                         "differs from itself by up to 5.0%");
    judgement->shift.interval.low = log(0.99);
    check_reason(&clock, "the 99.9% interval of the change, -1.0 .. +4.4%, includes 0");
}

static void check_form(void (*form)(const struct report *, struct strbuf *),
                       const struct report *report, const char *const *parts, size_t count)
{
    struct strbuf out = {0};

    form(report, &out);
    for (size_t i = 0; i < count; i++)
        if (!strstr(strbuf_text(&out), parts[i]))
            fail_msg("'%s' is missing in:\n%s", parts[i], strbuf_text(&out));
    strbuf_release(&out);
}

static void text_without_colour(const struct report *report, struct strbuf *out)
{
    report_text(report, false, out);
}

static void text_with_colour(const struct report *report, struct strbuf *out)
{
    report_text(report, true, out);
}

static void clock_report(void **state)
{
    static const char *const text[] = {
        "20 pairs of at most 60 (clear after these), order by --seed=7\n",
        "at this noise: about 54 pairs for a difference of 1%, 11 for one of 15.3%, as seen here\n",
        "    base  1.234 s     1.230 .. 1.241 s         1.240 s     12.3 MiB\n",
        "    test  995.6 ms    0.990 .. 1.000 s         1.050 s     12.4 MiB\n",
        "10 pairs of base against itself, noise floor 0.40%",
        "\nverdict: faster: test takes 15.3% less",
    };
    static const char *const markdown[] = {
        "### pgo-bench: faster\n",
        "| base | 1.234 s | 1.230 .. 1.241 s | 1.240 s | 12.3 MiB |\n",
        "- base: <code>./app-plain \"a&#124;b\" &#60;x&#62;</code>\n",
    };
    static const char *const json[] = {
        "\"verdict\": \"faster\"",    "\"command\": \"./app-plain \\\"a|b\\\" <x>\"",
        "\"level\": 0.999,",          "\"max_pairs\": 60, ",
        "\"pairs_for_one_pct\": 54,", "\"partial\": false,",
    };
    struct clock clock = faster();
    struct report report = report_of(&clock);

    (void)state;
    check_form(text_without_colour, &report, text, ARRAY_SIZE(text));
    check_form(text_with_colour, &report, (const char *[]){": \033[1;32mfaster\033[0m: "}, 1);
    check_form(report_markdown, &report, markdown, ARRAY_SIZE(markdown));
    check_form(report_json, &report, json, ARRAY_SIZE(json));
}

/* A comparison that failed has its runs, and no verdict. */
static void partial_report(void **state)
{
    static const char *const json[] = {
        "\"partial\": true,\n  \"verdict\": null,\n  \"reason\": \"test: exit code 3\",",
        "\"test\": {\"command\": \"./app-pgo\"},",
        "\"pairs\": [\n    {\"start_s\"",
    };
    struct err failure = {.message = "test: exit code 3"};
    struct clock clock = faster();
    struct report report = report_of(&clock);

    (void)state;
    clock.looked = 0;
    report.failure = &failure;
    check_form(report_json, &report, json, ARRAY_SIZE(json));
}

static void advice_without_a_difference(void **state)
{
    struct clock clock = faster();
    struct report report = report_of(&clock);

    (void)state;
    clock.judgement.verdict = VERDICT_NO_DIFFERENCE;
    clock.judgement.spread = 0.02;
    check_form(text_without_colour, &report, (const char *[]){"about 76 pairs: -n 76\n"}, 1);
    clock.judgement.spread = 0.008;
    check_form(text_without_colour, &report, (const char *[]){"would very likely have"}, 1);
    clock.judgement.spread = 0.2;
    check_form(text_without_colour, &report, (const char *[]){"about 7548 pairs: give"}, 1);
}

/* A log of cachegrind 3.19, shortened. */
static const char cachegrind_log[] = "==7== Cachegrind, a cache and branch-prediction profiler\n"
                                     "==7== Command: ./I refs: 5\n"
                                     "==7== \n"
                                     "==7== I   refs:      120,131,330\n"
                                     "==7== I1  misses:          1,180\n"
                                     "==7== LLi misses:          1,160\n"
                                     "==7== \n"
                                     "==7== D   refs:       40,044,640  (20,033,270 rd + ...)\n"
                                     "==7== D1  misses:          1,689  (     1,118 rd   + ...)\n"
                                     "==7== LLd misses:          1,439  (       894 rd   + ...)\n"
                                     "==7== \n"
                                     "==7== LL refs:             2,869  (     2,298 rd   + ...)\n"
                                     "==7== LL misses:           2,599  (     2,054 rd   + ...)\n"
                                     "==7== \n"
                                     "==7== Branches:       20,024,020  (20,023,690 cond + ...)\n"
                                     "==7== Mispredicts:         3,477  (     3,343 cond + ...)\n";

static void cachegrind_log_is_read(void **state)
{
    struct estimate estimate = {0};
    struct err err = {0};

    (void)state;
    assert_true(instructions_parse(cachegrind_log, &estimate, &err));
    assert_int_equal(estimate.instructions, 120131330);
    assert_int_equal(estimate.l1_misses, 1180 + 1689);
    assert_int_equal(estimate.ll_misses, 2599);
    assert_int_equal(estimate.mispredicts, 3477);
    assert_float_equal(estimate.cycles, 0.35 * 120131330 + 8.0 * 2869 + 60.0 * 2599 + 14.0 * 3477,
                       0.5);
}

static void cut_cachegrind_logs_are_refused(void **state)
{
    (void)state;
    for (size_t len = 0; len + sizeof("3,477  (     3,343 cond + ...)\n") < sizeof(cachegrind_log);
         len++) {
        struct estimate estimate;
        struct strbuf cut = {0};
        struct err err = {0};

        strbuf_add(&cut, cachegrind_log, len);
        assert_false(instructions_parse(strbuf_text(&cut), &estimate, &err));
        strbuf_release(&cut);
    }
}

static void estimates_are_judged(void **state)
{
    struct estimate plain = {.cycles = 1000}, same = {.cycles = 1001.9}, fast = {.cycles = 800};
    struct report report = {
        .base = &base, .test = &test, .base_estimate = &plain, .test_estimate = &fast};

    (void)state;
    assert_int_equal(instructions_decide(&plain, &same), VERDICT_NO_DIFFERENCE);
    assert_int_equal(instructions_decide(&plain, &fast), VERDICT_FASTER);
    assert_int_equal(instructions_decide(&fast, &plain), VERDICT_SLOWER);
    assert_true(instructions_beyond_gate(&fast, &plain, 20));
    assert_false(instructions_beyond_gate(&fast, &plain, 30));
    check_form(text_without_colour, &report,
               (const char *[]){"an estimate, not a timing",
                                "estimate: faster: test takes 20.0% fewer estimated cycles, 1.25 "
                                "times as fast\n"},
               2);
}

static void figures_for_people(void **state)
{
    char text[TEXT_RANGE_BYTES];

    (void)state;
    text_duration(41.2, text);
    assert_string_equal(text, "42 s");
    text_duration(200, text);
    assert_string_equal(text, "3 min 20 s");
    text_time(0.0069661, text);
    assert_string_equal(text, "6.966 ms");
    text_time(123.456, text);
    assert_string_equal(text, "123.5 s");
    text_time_range(&(struct interval){0.0098, 0.0102}, text);
    assert_string_equal(text, "9.80 .. 10.20 ms");
    text_pct_range(&(struct interval){-14.31, -0.924}, text);
    assert_string_equal(text, "0.92 .. 14.3%");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reasons),
        cmocka_unit_test(clock_report),
        cmocka_unit_test(partial_report),
        cmocka_unit_test(advice_without_a_difference),
        cmocka_unit_test(cachegrind_log_is_read),
        cmocka_unit_test(cut_cachegrind_logs_are_refused),
        cmocka_unit_test(estimates_are_judged),
        cmocka_unit_test(figures_for_people),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
