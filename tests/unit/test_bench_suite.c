/* Two samples against other ways to the same figure, and two files of results as a whole. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/compiler.h"
#include "pgo-bench/go_text.h"
#include "pgo-bench/order.h"
#include "pgo-bench/suite.h"
#include "pgo-bench/suite_report.h"
#include "pgo-bench/unpaired.h"

#define MOST 12

/* Of a pair, the part of a win of base: 1, or 1/2 for a tie; doubled. */
static int doubled_wins(const double *all, size_t count, uint32_t of_base)
{
    int wins = 0;

    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++)
            if (of_base >> i & 1 && !(of_base >> j & 1))
                wins += all[i] > all[j] ? 2 : all[i] == all[j];
    return wins;
}

/* The test by its definition: every choice of base's values among all is as likely. */
static double enumerated_p(const double *all, size_t count, size_t base_count)
{
    int observed = doubled_wins(all, count, (1u << base_count) - 1);
    double below = 0, above = 0, sets = 0;

    for (uint32_t set = 0; set < 1u << count; set++) {
        int wins;

        if ((size_t)__builtin_popcount(set) != base_count)
            continue;
        wins = doubled_wins(all, count, set);
        sets++;
        below += wins <= observed;
        above += wins >= observed;
    }
    return fmin(1, 2 * fmin(below, above) / sets);
}

static double p_of(const double *all, size_t count, size_t base_count)
{
    struct values base = {all, base_count}, test = {all + base_count, count - base_count};

    return unpaired_rank_p(&base, &test);
}

static void p_values_by_enumeration(void **state)
{
    struct order random;
    double all[MOST];

    (void)state;
    order_init(&random, 1);
    for (size_t count = 2; count <= MOST; count++)
        for (int trial = 0; trial < 6; trial++) {
            size_t base_count = 1 + (size_t)order_below(&random, count - 1);

            for (size_t i = 0; i < count; i++) /* odd trials: many ties */
                all[i] = (double)order_below(&random, trial % 2 ? 4 : 1000000);
            assert_float_equal(p_of(all, count, base_count), enumerated_p(all, count, base_count),
                               1e-12);
        }
}

/* Samples that lie apart: of the 252 choices of 5 among 10, the one at each end. */
static void known_p_values(void **state)
{
    (void)state;
    assert_float_equal(p_of((double[]){1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 10, 5), 2.0 / 252, 1e-12);
    assert_float_equal(unpaired_least_p(5, 5), 2.0 / 252, 1e-12);
    assert_float_equal(unpaired_least_p(7, 7), 2.0 / 3432, 1e-12);
    assert_float_equal(unpaired_least_p(1, 1), 1, 0);
    assert_float_equal(p_of((double[]){3, 3, 3, 3, 3, 3}, 6, 3), 1, 1e-12);
}

/* Above UNPAIRED_EXACT_COUNT the approximation takes over without a step. */
static void exact_and_normal_agree(void **state)
{
    double all[UNPAIRED_EXACT_COUNT + 2], exact, normal;
    size_t half = UNPAIRED_EXACT_COUNT / 2;
    struct order random;

    (void)state;
    order_init(&random, 3);
    for (int trial = 0; trial < 10; trial++) {
        for (size_t i = 0; i < ARRAY_SIZE(all); i++)
            all[i] = (double)order_below(&random, 1000) + (i < half ? 0 : 250);
        exact = p_of(all, UNPAIRED_EXACT_COUNT, half);
        all[UNPAIRED_EXACT_COUNT] = all[half]; /* two more of test, in its middle */
        all[UNPAIRED_EXACT_COUNT + 1] = all[half + 1];
        normal = p_of(all, ARRAY_SIZE(all), half);
        assert_true(normal < 3 * exact + 0.02 && exact < 3 * normal + 0.02);
    }
}

static void shift_by_hand(void **state)
{
    static const double base_items[] = {1, 2, 3, 4, 5, 6, 7};
    double test_items[7];
    struct values base = {base_items, 7}, test = {test_items, 7};
    struct shift shift;

    (void)state;
    for (size_t i = 0; i < 7; i++)
        test_items[i] = base_items[i] + 10;
    shift = unpaired_shift(&base, &test, 0.001);
    assert_float_equal(shift.value, 10, 1e-12);
    assert_float_equal(shift.interval.low, 4, 1e-12); /* the least of all differences */
    assert_float_equal(shift.interval.high, 16, 1e-12);
    test.count = 6; /* 2 / 1716 is above the error */
    assert_true(isinf(unpaired_shift(&base, &test, 0.001).interval.high));
}

/* The interval excludes zero exactly when the test rejects. */
static void interval_and_test_agree(void **state)
{
    struct order random;
    double all[20];

    (void)state;
    order_init(&random, 9);
    for (int trial = 0; trial < 200; trial++) {
        struct values base = {all, 9}, test = {all + 9, 11};
        struct shift shift;

        for (size_t i = 0; i < ARRAY_SIZE(all); i++)
            all[i] = (double)order_below(&random, 1u << 30) + (i < 9 ? 0 : 6e8);
        shift = unpaired_shift(&base, &test, 0.01);
        assert_int_equal(shift.interval.low > 0 || shift.interval.high < 0,
                         unpaired_rank_p(&base, &test) <= 0.01);
    }
}

static void parse(const char *text, struct results *results)
{
    struct err err = {0};

    if (!results_parse(text, strlen(text), results, &err))
        fail_msg("%s", err.message);
}

/* Ten runs of each name, around 100 ns times `factor`. */
static void add_runs(const char *name, double factor, struct strbuf *out)
{
    for (int i = 0; i < 10; i++)
        strbuf_add_format(out, "Benchmark%s 1000 %g ns/op 3 B/op\n", name,
                          (100 + i * 0.1) * factor);
}

static void compare(const struct strbuf *base_text, const struct strbuf *test_text,
                    void (*check)(const struct suite *suite))
{
    struct results base, test;
    struct err err = {0};
    struct suite suite;

    parse(strbuf_text(base_text), &base);
    parse(strbuf_text(test_text), &test);
    if (!suite_compare(&base, &test, &suite, &err))
        fail_msg("%s", err.message);
    check(&suite);
    suite_release(&suite);
    results_release(&base);
    results_release(&test);
}

static void check_mixed(const struct suite *suite)
{
    struct suite_report report = {"a.txt", "b.txt", suite};
    struct strbuf text = {0};

    assert_int_equal(suite->count, 3);
    assert_int_equal(suite->rows[0].verdict, VERDICT_FASTER);
    assert_int_equal(suite->rows[1].verdict, VERDICT_SLOWER);
    assert_int_equal(suite->rows[2].verdict, VERDICT_NO_DIFFERENCE);
    /* 2 / 184756 three times, then by two; a p-value never falls below one before it */
    assert_float_equal(suite->rows[0].p_value, 2 / 184756.0, 1e-12);
    assert_float_equal(suite->rows[0].p_holm, 6 / 184756.0, 1e-12);
    assert_float_equal(suite->rows[1].p_holm, 6 / 184756.0, 1e-12);
    assert_float_equal(suite->rows[2].p_holm, 1, 0);
    assert_float_equal(suite->mean.value, (log(0.8) + log(1.1) + 0) / 3, 1e-3);
    assert_int_equal(suite_verdict(suite), VERDICT_FASTER);
    assert_null(suite_beyond_gate(suite, 20));
    assert_string_equal(suite_beyond_gate(suite, 5)->name, "Two");
    assert_int_equal(suite->only_base_count, 1);
    assert_string_equal(suite->only_base[0], "Old");
    assert_string_equal(suite->only_test[0], "New|x");
    suite_report_markdown(&report, &text);
    assert_non_null(strstr(strbuf_text(&text), "- only in test, not compared: New&#124;x\n"));
    assert_non_null(
        strstr(strbuf_text(&text),
               "of 3 benchmarks 1 faster, 1 slower, 1 without a measurable difference"));
    strbuf_release(&text);
    go_text_suite(suite, &text);
    assert_non_null(strstr(strbuf_text(&text), "\nBenchmarkOne/build=test 1 80 ns/op\n"));
    strbuf_release(&text);
}

static void benchmarks_are_judged_one_by_one(void **state)
{
    struct strbuf base = {0}, test = {0};

    (void)state;
    add_runs("One", 1, &base);
    add_runs("Two", 1, &base);
    add_runs("Three", 1, &base);
    add_runs("Old", 1, &base);
    add_runs("New|x", 1, &test);
    add_runs("Three", 1, &test);
    add_runs("Two", 1.1, &test);
    add_runs("One", 0.8, &test);
    compare(&base, &test, check_mixed);
    strbuf_release(&base);
    strbuf_release(&test);
}

/* What is significant alone is not among a hundred: 2 / 3432 * 100. */
static void check_many(const struct suite *suite)
{
    assert_int_equal(suite->count, 100);
    for (size_t i = 0; i < suite->count; i++) {
        assert_true(suite->rows[i].judged && suite->rows[i].p_value <= VERDICT_ERROR);
        assert_int_equal(suite->rows[i].verdict, VERDICT_NO_DIFFERENCE);
    }
}

static void many_benchmarks_are_corrected_for(void **state)
{
    struct strbuf base = {0}, test = {0};

    (void)state;
    for (int i = 0; i < 100; i++)
        for (int run = 0; run < 7; run++) {
            strbuf_add_format(&base, "BenchmarkB%d 1 %d ns/op\n", i, 1000 + run);
            strbuf_add_format(&test, "BenchmarkB%d 1 %d ns/op\n", i, 1100 + run);
        }
    compare(&base, &test, check_many);
    strbuf_release(&base);
    strbuf_release(&test);
}

static void check_alone(const struct suite *suite)
{
    struct err err = {0};

    assert_int_equal(suite->count, 1);
    assert_false(suite->rows[0].judged);
    assert_int_equal(suite_verdict(suite), VERDICT_NO_DIFFERENCE);
    assert_false(suite_check_runs(suite, &err));
    assert_string_equal(err.message, "no verdict is possible: A has 1 and 1 run, 7 of each are "
                                     "needed");
}

static void one_run_is_no_verdict(void **state)
{
    struct strbuf base = {0}, test = {0};

    (void)state;
    strbuf_add_text(&base, "BenchmarkA 1 5 ns/op\n");
    strbuf_add_text(&test, "BenchmarkB 1 4 ns/op\n"); /* the only one: compared */
    compare(&base, &test, check_alone);
    strbuf_release(&base);
    strbuf_release(&test);
}

static void go_text_is_read(void **state)
{
    static const char text[] =
        "goos: linux\npkg: a.b/c\r\nBenchmarkX-8 \t 10 1.5 ns/op 8 B/op\n"
        "BenchmarkY 10 7 B/op 2.5 sec/op\nBenchmarkZ 10 7 B/op\n"
        "BenchmarkW\nBenchmarkV x 5 ns/op\nPASS\npkg: d\nBenchmarkX-8 1 3 ns/op";
    struct results results;

    (void)state;
    parse(text, &results);
    assert_int_equal(results.count, 3);
    assert_float_equal(results_find(&results, "a.b/c.X-8")->times_s[0], 1.5e-9, 1e-15);
    assert_float_equal(results_find(&results, "a.b/c.Y")->times_s[0], 2.5, 1e-9);
    assert_float_equal(results_find(&results, "d.X-8")->times_s[0], 3e-9, 1e-15);
    results_release(&results);
}

/* Wall time of one tool against wall time of another; and a name that would colour the terminal. */
static void tools_may_differ(void **state)
{
    struct strbuf text = {0};
    struct results go, hyperfine;
    struct suite_report report = {"a", "b", NULL};
    struct err err = {0};
    struct suite suite;

    (void)state;
    parse("BenchmarkRed\033[31m 1 5 ns/op\n", &go);
    parse("{\"results\": [{\"command\": \"Red\\u001b[31m\", \"times\": [1]}]}", &hyperfine);
    assert_string_equal(go.items[0].name, "Red?[31m");
    assert_true(suite_compare(&go, &hyperfine, &suite, &err));
    report.suite = &suite;
    suite_report_text(&report, false, &text);
    assert_null(strchr(strbuf_text(&text), '\033'));
    strbuf_release(&text);
    suite_release(&suite);
    results_release(&hyperfine);
    parse("{\"benchmarks\": [{\"name\": \"a\", \"cpu_time\": 1, \"time_unit\": \"s\"}]}",
          &hyperfine);
    assert_false(suite_compare(&go, &hyperfine, &suite, &err));
    assert_string_equal(err.message, "base has wall time (Go benchmark text), test has CPU time "
                                     "(Google Benchmark)");
    results_release(&hyperfine);
    results_release(&go);
}

static void bad_results_are_refused(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "no times of runs in it, Go benchmark text"},
        {"PASS\n", "no times of runs in it, Go benchmark text"},
        {"BenchmarkA 1 0 ns/op\n", "A: a time of 0 s, expected more than 0"},
        {"{\"results\": [", "line 1, column 13: no JSON: ']' expected near end of file"},
        {"{\"results\": []}", "no times of runs in it, hyperfine"},
        {"{\"tool\": \"other\"}", "JSON, but not of a tool that is known"},
        {"[1]", "JSON, but not of a tool that is known"},
        {"{\"results\": [{\"command\": \"a\", \"times\": [1, \"x\"]}]}",
         "a: a time of nan s, expected more than 0"},
        {"{\"benchmarks\": [{\"name\": \"a\", \"cpu_time\": 1, \"time_unit\": \"h\"}]}",
         "a: time_unit 'h', expected ns, us, ms or s"},
        {"{\"benchmarks\": [{\"name\": \"a_mean\", \"cpu_time\": 1, \"time_unit\": \"s\"}]}",
         "no times of runs in it, Google Benchmark"},
        {"{\"tool\": \"pgo-bench\", \"test\": {\"command\": \"a\"}, \"pairs\": [{}]}",
         "a: a time of nan s, expected more than 0"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct results results = {.count = 7};
        struct err err = {0};

        assert_false(results_parse(cases[i].text, strlen(cases[i].text), &results, &err));
        assert_string_equal(err.message, cases[i].message);
        assert_int_equal(results.count, 7); /* untouched */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p_values_by_enumeration),
        cmocka_unit_test(known_p_values),
        cmocka_unit_test(exact_and_normal_agree),
        cmocka_unit_test(shift_by_hand),
        cmocka_unit_test(interval_and_test_agree),
        cmocka_unit_test(benchmarks_are_judged_one_by_one),
        cmocka_unit_test(many_benchmarks_are_corrected_for),
        cmocka_unit_test(one_run_is_no_verdict),
        cmocka_unit_test(go_text_is_read),
        cmocka_unit_test(tools_may_differ),
        cmocka_unit_test(bad_results_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
