#include "pgo-bench/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "pgo-bench/unpaired.h"

static double *logs_of(const struct benchmark *benchmark)
{
    double *logs = mem_array(benchmark->count, sizeof(*logs));

    for (size_t i = 0; i < benchmark->count; i++)
        logs[i] = log(benchmark->times_s[i]);
    return logs;
}

static void compare_row(struct suite_row *row)
{
    const struct benchmark *base = row->base, *test = row->test;
    double *base_logs = logs_of(base), *test_logs = logs_of(test);
    struct values base_values = {base_logs, base->count}, test_values = {test_logs, test->count};

    row->base_s = statistics_median(base->times_s, base->count);
    row->test_s = statistics_median(test->times_s, test->count);
    row->shift = unpaired_shift(&base_values, &test_values, VERDICT_ERROR);
    row->p_value = unpaired_rank_p(&base_values, &test_values);
    row->judged = unpaired_least_p(base->count, test->count) <= VERDICT_ERROR;
    free(base_logs);
    free(test_logs);
}

static void add_row(struct suite *suite, const char *name, const struct benchmark *base,
                    const struct benchmark *test)
{
    struct suite_row *row = &suite->rows[suite->count++];

    *row = (struct suite_row){.name = name, .base = base, .test = test};
    compare_row(row);
    suite->judged += row->judged;
}

/* The names of `results` that `other` has not. */
static const char **missing_names(const struct results *results, const struct results *other,
                                  size_t *count)
{
    const char **names = mem_array(results->count, sizeof(*names));

    *count = 0;
    for (size_t i = 0; i < results->count; i++)
        if (!results_find(other, results->items[i].name))
            names[(*count)++] = results->items[i].name;
    return names;
}

static void match_rows(struct suite *suite)
{
    const struct results *base = suite->base, *test = suite->test;

    suite->rows = mem_array(base->count, sizeof(*suite->rows));
    if (base->count == 1 && test->count == 1) {
        add_row(suite, base->items[0].name, &base->items[0], &test->items[0]);
        return;
    }
    for (size_t i = 0; i < base->count; i++) {
        const struct benchmark *other = results_find(test, base->items[i].name);

        if (other)
            add_row(suite, base->items[i].name, &base->items[i], other);
    }
    suite->only_base = missing_names(base, test, &suite->only_base_count);
    suite->only_test = missing_names(test, base, &suite->only_test_count);
}

static int compare_p(const void *a, const void *b)
{
    double x = (*(struct suite_row *const *)a)->p_value,
           y = (*(struct suite_row *const *)b)->p_value;

    return (x > y) - (x < y);
}

/* Holm 1979: the smallest p-value times their number, the next times one less, and so on. */
static void correct(struct suite *suite)
{
    struct suite_row **rows = mem_array(suite->count, sizeof(struct suite_row *));
    size_t used = 0;
    double largest = 0;

    for (size_t i = 0; i < suite->count; i++)
        if (suite->rows[i].judged)
            rows[used++] = &suite->rows[i];
        else
            suite->rows[i].p_holm = 1;
    qsort(rows, used, sizeof(struct suite_row *), compare_p);
    for (size_t i = 0; i < used; i++) {
        largest = fmax(largest, fmin(1, rows[i]->p_value * (double)(used - i)));
        rows[i]->p_holm = largest;
        if (largest <= VERDICT_ERROR)
            rows[i]->verdict = rows[i]->shift.value < 0 ? VERDICT_FASTER : VERDICT_SLOWER;
    }
    free(rows);
}

/*
 * The mean of the shifts; they are independent, so their variances add up. A row's interval gives
 * its standard error as if the estimate were normal, which the mean of several nearly is.
 */
static struct shift mean_of(const struct suite *suite)
{
    double sum = 0, variance = 0, count = (double)suite->count, half;
    double quantile = statistics_normal_quantile(VERDICT_ERROR / 2);

    if (suite->count == 1)
        return suite->rows[0].shift;
    for (size_t i = 0; i < suite->count; i++) {
        const struct shift *shift = &suite->rows[i].shift;
        double error = (shift->interval.high - shift->interval.low) / 2 / quantile;

        sum += shift->value;
        variance += error * error;
    }
    half = quantile * sqrt(variance) / count;
    return (struct shift){sum / count, {sum / count - half, sum / count + half}};
}

bool suite_compare(const struct results *base, const struct results *test, struct suite *suite,
                   struct err *err)
{
    struct suite compared = {.base = base, .test = test};

    if (strcmp(base->metric, test->metric) != 0) {
        err_set(err, ERR_MISMATCH, "base has %s (%s), test has %s (%s)", base->metric, base->tool,
                test->metric, test->tool);
        return err_hint(err, "compare results of one tool");
    }
    match_rows(&compared);
    if (compared.count == 0) {
        err_set(err, ERR_NOT_FOUND,
                "no benchmark is in both files: base has %zu, the first '%s', test %zu, the first "
                "'%s'",
                base->count, base->items[0].name, test->count, test->items[0].name);
        suite_release(&compared);
        return err_hint(err, "run the same benchmarks for both builds, under the same names "
                             "(hyperfine: --command-name)");
    }
    correct(&compared);
    compared.mean = mean_of(&compared);
    *suite = compared;
    return true;
}

bool suite_check_runs(const struct suite *suite, struct err *err)
{
    const struct suite_row *row = &suite->rows[0];
    size_t needed = 1;

    if (suite->judged > 0)
        return true;
    while (unpaired_least_p(needed, needed) > VERDICT_ERROR)
        needed++;
    err_set(err, ERR_LIMIT,
            "no verdict is possible: %s has %zu and %zu run%s, %zu of each are needed", row->name,
            row->base->count, row->test->count, row->test->count == 1 ? "" : "s", needed);
    return err_hint(err, "hyperfine --runs 10, --benchmark_repetitions=10, go test -count 10");
}

void suite_release(struct suite *suite)
{
    free(suite->rows);
    free(suite->only_base);
    free(suite->only_test);
    *suite = (struct suite){0};
}

enum verdict suite_verdict(const struct suite *suite)
{
    if (suite->count == 1)
        return suite->rows[0].verdict;
    if (suite->mean.interval.high < 0)
        return VERDICT_FASTER;
    return suite->mean.interval.low > 0 ? VERDICT_SLOWER : VERDICT_NO_DIFFERENCE;
}

const struct suite_row *suite_beyond_gate(const struct suite *suite, double gate_pct)
{
    for (size_t i = 0; i < suite->count; i++) {
        const struct suite_row *row = &suite->rows[i];

        if (row->verdict == VERDICT_SLOWER && verdict_pct(row->shift.interval.low) > gate_pct)
            return row;
    }
    return NULL;
}
