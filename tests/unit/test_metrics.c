/* Metrics of a program: registration, values from many threads, both text formats. */
#include "../../collect/libpgocollect/metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pgo_metrics.h"

/* The lines of the page that have this in their name, in order. */
static char *page(enum metrics_format format, const char *of)
{
    struct strbuf all = {0}, found = {0};
    struct metrics_text text = {.out = &all, .format = format};
    char *rest;

    metrics_write_registered(&text);
    metrics_text_end(&text);
    rest = all.data;
    for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n"))
        if (strstr(line, of))
            strbuf_add_format(&found, "%s\n", line);
    strbuf_release(&all);
    return found.data ? found.data : strdup("");
}

static void expect_page(enum metrics_format format, const char *of, const char *expected)
{
    char *found = page(format, of);

    assert_string_equal(found, expected);
    free(found);
}

static void expect_failure(const void *metric, int code, const char *words)
{
    assert_int_equal(errno, code);
    assert_null(metric);
    assert_non_null(strstr(pgo_metrics_error(), words));
}

static void test_counter(void **state)
{
    struct pgo_counter *get =
        pgo_counter_new("t1_requests_total", "Answered.", "path", "/", "method", "GET", NULL);
    struct pgo_counter *put =
        pgo_counter_new("t1_requests_total", "Other help.", "method", "PUT", "path", "/", NULL);

    (void)state;
    assert_non_null(get);
    assert_non_null(put);
    pgo_counter_add(get, 40);
    pgo_counter_add(get, 2);
    expect_page(METRICS_PROMETHEUS, "t1_",
                "# HELP t1_requests_total Answered.\n"
                "# TYPE t1_requests_total counter\n"
                "t1_requests_total{method=\"GET\",path=\"/\"} 42\n"
                "t1_requests_total{method=\"PUT\",path=\"/\"} 0\n");
    expect_page(METRICS_OPENMETRICS, "t1_",
                "# HELP t1_requests Answered.\n"
                "# TYPE t1_requests counter\n"
                "t1_requests_total{method=\"GET\",path=\"/\"} 42\n"
                "t1_requests_total{method=\"PUT\",path=\"/\"} 0\n");
}

static void test_gauge(void **state)
{
    struct pgo_gauge *gauge = pgo_gauge_new("t2_temperature", "", NULL);

    (void)state;
    pgo_gauge_set(gauge, 20);
    pgo_gauge_add(gauge, 0.1);
    pgo_gauge_add(gauge, -0.05);
    expect_page(METRICS_PROMETHEUS, "t2_temperature ",
                "# HELP t2_temperature \n# TYPE t2_temperature gauge\nt2_temperature 20.05\n");
    pgo_gauge_set(gauge, -INFINITY);
    expect_page(METRICS_OPENMETRICS, "t2_temperature -", "t2_temperature -Inf\n");
    pgo_gauge_set(gauge, NAN);
    expect_page(METRICS_OPENMETRICS, "t2_temperature N", "t2_temperature NaN\n");
}

static void test_histogram(void **state)
{
    static const double bounds[] = {0.5, 1, 1e9};
    struct pgo_histogram *histogram =
        pgo_histogram_new("t3_size", "Bytes.", bounds, ARRAY_SIZE(bounds), "of", "x", NULL);

    (void)state;
    pgo_histogram_observe(histogram, 0.5); /* a bound belongs to its bucket */
    pgo_histogram_observe(histogram, 0.75);
    pgo_histogram_observe(histogram, 1e10);
    pgo_histogram_observe(histogram, NAN);
    expect_page(METRICS_PROMETHEUS, "t3_",
                "# HELP t3_size Bytes.\n# TYPE t3_size histogram\n"
                "t3_size_bucket{of=\"x\",le=\"0.5\"} 1\n"
                "t3_size_bucket{of=\"x\",le=\"1.0\"} 2\n"
                "t3_size_bucket{of=\"x\",le=\"1000000000.0\"} 2\n"
                "t3_size_bucket{of=\"x\",le=\"+Inf\"} 3\n"
                "t3_size_sum{of=\"x\"} 10000000001.25\n"
                "t3_size_count{of=\"x\"} 3\n");
    assert_non_null(pgo_histogram_new("t3_plain", "", NULL, 0, NULL));
    expect_page(METRICS_PROMETHEUS, "t3_plain_sum", "t3_plain_sum 0.0\n");
    expect_page(METRICS_PROMETHEUS, "t3_plain_bucket{le=\"0.005\"}",
                "t3_plain_bucket{le=\"0.005\"} 0\n");
}

static void test_escaping(void **state)
{
    (void)state;
    pgo_gauge_new("t4_escaped", "a \"help\" of\ntwo lines \\", "value",
                  "\"\\\n\xc3\xa4\xff\xe2\x82", NULL);
    expect_page(METRICS_PROMETHEUS, "t4_",
                "# HELP t4_escaped a \"help\" of\\ntwo lines \\\\\n# TYPE t4_escaped gauge\n"
                "t4_escaped{value=\"\\\"\\\\\\n\xc3\xa4???\"} 0.0\n");
    expect_page(METRICS_OPENMETRICS, "t4_escaped a",
                "# HELP t4_escaped a \\\"help\\\" of\\ntwo lines \\\\\n");
    expect_page(METRICS_OPENMETRICS, "EOF", "# EOF\n");
    expect_page(METRICS_PROMETHEUS, "EOF", "");
}

static void test_bad_names(void **state)
{
    static const char *const bad[] = {"", "0a", "a b", "a-b", "\xc3\xa4", "process_x", "pgo_x"};
    static const char *const bad_labels[] = {"", "0", "a:b", "le", "__name__"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        expect_failure(pgo_gauge_new(bad[i], "", NULL), EINVAL, "name");
    for (size_t i = 0; i < ARRAY_SIZE(bad_labels); i++)
        expect_failure(pgo_gauge_new("t5_a", "", bad_labels[i], "value", NULL), EINVAL, "label");
    expect_failure(pgo_gauge_new(NULL, "", NULL), EINVAL, "name");
    expect_failure(pgo_counter_new("t5_count", "", NULL), EINVAL, "_total");
    expect_failure(pgo_gauge_new("t5_total", "", NULL), EINVAL, "_total");
    expect_failure(pgo_gauge_new("t5_a", "", "a", "1", "a", "2", NULL), EINVAL, "twice");
    expect_failure(pgo_gauge_new("t5_a", "", "a", NULL), EINVAL, "pairs");
    expect_page(METRICS_PROMETHEUS, "t5_", "");
}

static void test_bad_bounds(void **state)
{
    static const double falling[] = {2, 1}, equal[] = {1, 1}, endless[] = {1, INFINITY};
    static const double many[65];

    (void)state;
    expect_failure(pgo_histogram_new("t6_a", "", falling, 2, NULL), EINVAL, "ascending");
    expect_failure(pgo_histogram_new("t6_a", "", equal, 2, NULL), EINVAL, "ascending");
    expect_failure(pgo_histogram_new("t6_a", "", endless, 2, NULL), EINVAL, "finite");
    expect_failure(pgo_histogram_new("t6_a", "", many, 65, NULL), EINVAL, "64");
    expect_failure(pgo_histogram_new("t6_a", "", NULL, 3, NULL), EINVAL, "NULL");
}

static void test_twice(void **state)
{
    (void)state;
    assert_non_null(pgo_gauge_new("t7_a", "", "a", "1", "b", "2", NULL));
    expect_failure(pgo_gauge_new("t7_a", "", "b", "2", "a", "1", NULL), EEXIST, "labels");
    expect_failure(pgo_histogram_new("t7_a", "", NULL, 0, NULL), EEXIST, "another type");
    assert_non_null(pgo_histogram_new("t7_h", "", NULL, 0, NULL));
    expect_failure(pgo_gauge_new("t7_h_count", "", NULL), EEXIST, "histogram");
    assert_non_null(pgo_gauge_new("t7_late_sum", "", NULL));
    expect_failure(pgo_histogram_new("t7_late", "", NULL, 0, NULL), EEXIST, "histogram");
}

static void test_nothing(void **state)
{
    (void)state;
    pgo_counter_add(NULL, 1);
    pgo_gauge_set(NULL, 1);
    pgo_gauge_add(NULL, 1);
    pgo_histogram_observe(NULL, 1);
}

#define THREADS 8
#define ROUNDS  20000

struct shared {
    struct pgo_counter *counter;
    struct pgo_gauge *gauge;
    struct pgo_histogram *histogram;
};

static void *add_many(void *data)
{
    struct shared *shared = data;

    for (int i = 0; i < ROUNDS; i++) {
        char number[16];

        pgo_counter_add(shared->counter, 1);
        pgo_gauge_add(shared->gauge, 1);
        pgo_histogram_observe(shared->histogram, 1);
        if (i % 1000 == 0) { /* all threads want the same names: each is registered once */
            snprintf(number, sizeof(number), "%d", i);
            pgo_gauge_new("t8_number", "", "number", number, NULL);
        }
    }
    return NULL;
}

static void test_threads(void **state)
{
    struct shared shared = {pgo_counter_new("t8_total", "", NULL),
                            pgo_gauge_new("t8_gauge", "", NULL),
                            pgo_histogram_new("t8_histogram", "", NULL, 0, NULL)};
    pthread_t threads[THREADS];
    char *numbers;
    size_t lines = 0;

    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, add_many, &shared), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    expect_page(METRICS_PROMETHEUS, "t8_total 1", "t8_total 160000\n");
    expect_page(METRICS_PROMETHEUS, "t8_gauge 1", "t8_gauge 160000.0\n");
    expect_page(METRICS_PROMETHEUS, "t8_histogram_sum", "t8_histogram_sum 160000.0\n");
    expect_page(METRICS_PROMETHEUS, "t8_histogram_count", "t8_histogram_count 160000\n");
    numbers = page(METRICS_PROMETHEUS, "t8_number{");
    for (const char *c = numbers; *c; c++)
        lines += *c == '\n';
    assert_int_equal(lines, ROUNDS / 1000);
    free(numbers);
}

static void test_too_many(void **state)
{
    char number[16];
    struct pgo_gauge *gauge = NULL;
    int made = 0;

    (void)state;
    for (int i = 0; i <= PGO_METRICS_MAX; i++, made++) {
        snprintf(number, sizeof(number), "t9_%d", i);
        gauge = pgo_gauge_new(number, "", NULL);
        if (!gauge)
            break;
    }
    expect_failure(gauge, ENOSPC, "more than");
    assert_in_range(made, PGO_METRICS_MAX / 2, PGO_METRICS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counter),   cmocka_unit_test(test_gauge),
        cmocka_unit_test(test_histogram), cmocka_unit_test(test_escaping),
        cmocka_unit_test(test_bad_names), cmocka_unit_test(test_bad_bounds),
        cmocka_unit_test(test_twice),     cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_threads),   cmocka_unit_test(test_too_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
