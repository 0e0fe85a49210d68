/* libpgobench: how many iterations, and which names. What it prints is in e2e/bench-c.sh. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libpgobench/filter.h"
#include "libpgobench/pace.h"
#include "libpgobench/result.h"

#define GOAL_NS 1000000000

/* A benchmark of constant speed: the iterations at its end, after at most 20 batches. */
static uint64_t run_at(double measured_ns, double wall_ns)
{
    struct pace pace = {.goal_ns = GOAL_NS};
    uint64_t done = 0, batch;
    int batches = 0;

    while ((batch = pace_next(&pace, done, (int64_t)((double)done * measured_ns),
                              (int64_t)((double)done * wall_ns)))) {
        assert_true(batch <= (done ? 99 * done : 1));
        assert_true(++batches < 20);
        done += batch;
    }
    return done;
}

static void test_pace_fills_the_time(void **state)
{
    static const double speeds_ns[] = {1.5, 33, 1000, 123456, 4e8};

    (void)state;
    for (size_t i = 0; i < sizeof(speeds_ns) / sizeof(speeds_ns[0]); i++) {
        double ns = (double)run_at(speeds_ns[i], speeds_ns[i]) * speeds_ns[i];

        assert_true(ns >= GOAL_NS * 0.9 && ns <= GOAL_NS * 1.5);
    }
    assert_int_equal(run_at(2e9, 2e9), 1);
    assert_int_equal(run_at(0.1, 0.1), PACE_MAX_ITERATIONS);
    assert_int_equal(run_at(0, 0), PACE_MAX_ITERATIONS);
}

/* Little is measured of what takes long: it ends all the same. */
static void test_pace_has_an_end(void **state)
{
    uint64_t done = run_at(10, 1e6);

    (void)state;
    assert_true(done >= 9000 && done <= 10100);
    assert_int_equal(pace_next(&(struct pace){.goal_ns = 1}, 0, 0, 10), 0);
}

static void test_pace_counts(void **state)
{
    struct pace pace = {.goal_iterations = 7};

    (void)state;
    assert_int_equal(pace_next(&pace, 0, 0, 0), 7);
    assert_int_equal(pace_next(&pace, 4, 0, 0), 3);
    assert_int_equal(pace_next(&pace, 7, 0, 0), 0);
}

static void test_filter(void **state)
{
    struct filter filter = {0};
    struct err err = {0};

    (void)state;
    assert_true(filter_matches(&filter, 0, "anything"));
    assert_true(filter_init(&filter, "a(b/c|d)$/[/]x\\//", &err));
    assert_int_equal(filter.count, 3);
    assert_true(filter_matches(&filter, 0, "ab/c"));
    assert_true(filter_matches(&filter, 0, "ad"));
    assert_false(filter_matches(&filter, 0, "abc"));
    assert_true(filter_matches(&filter, 1, "/x/"));
    assert_false(filter_matches(&filter, 1, "x/"));
    assert_true(filter_matches(&filter, 2, ""));
    assert_true(filter_matches(&filter, 3, "beyond"));
    assert_false(filter_init(&filter, "a/(", &err));
    assert_int_equal(err.kind, ERR_USAGE);
    assert_int_equal(filter.count, 3);
    filter_release(&filter);
}

static void test_text(void **state)
{
    struct result result = {.name = "x",
                            .iterations = 4,
                            .used = {.wall_ns = 10, .allocations = {7, 41}},
                            .has_allocations = true,
                            .bytes = 5,
                            .metrics = {{"a/op", 0.01234567}, {"b", 1234567}, {"c", 0}},
                            .metric_count = 3};
    struct strbuf text = {0};

    (void)state;
    result_text(&result, 12, &text);
    assert_string_equal(strbuf_text(&text),
                        "BenchmarkX  \t       4\t         2.500 ns/op\t2000.00 MB/s"
                        "\t         0.01235 a/op\t   1234567 b\t         0 c"
                        "\t      10 B/op\t       1 allocs/op\n");
    strbuf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pace_fills_the_time),
        cmocka_unit_test(test_pace_has_an_end),
        cmocka_unit_test(test_pace_counts),
        cmocka_unit_test(test_filter),
        cmocka_unit_test(test_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
