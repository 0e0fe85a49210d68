/* The statistics against other ways to the same figure: enumeration, published tables, symmetry. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/compiler.h"
#include "pgo-bench/statistics.h"

/* Uniform in (0, 1), the same on every machine. */
static double random_unit(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return ((double)(*state >> 33) + 0.5) / 2147483648.0;
}

static double doubled_rank(const double *values, size_t count, size_t of)
{
    double rank = 0;

    for (size_t i = 0; i < count; i++) {
        if (fabs(values[i]) < fabs(values[of]))
            rank += 2;
        else if (fabs(values[i]) == fabs(values[of]))
            rank += 1; /* itself and its ties: 1 + (ties + 1) / 2, doubled, less this 1 */
    }
    return rank + 1;
}

/* The test by its definition: all 2^n patterns of signs are equally likely. No zeros. */
static double enumerated_p(const double *values, size_t count)
{
    double observed = 0, below = 0, above = 0, all = ldexp(1, (int)count);

    for (size_t i = 0; i < count; i++)
        observed += values[i] > 0 ? doubled_rank(values, count, i) : 0;
    for (uint32_t signs = 0; signs < 1u << count; signs++) {
        double sum = 0;

        for (size_t i = 0; i < count; i++)
            sum += signs >> i & 1 ? doubled_rank(values, count, i) : 0;
        below += sum <= observed;
        above += sum >= observed;
    }
    return fmin(1, 2 * fmin(below, above) / all);
}

static bool shift_at_99(const double *values, size_t count, struct shift *shift)
{
    return statistics_shift(values, count, statistics_shift_tail(count, 0.01), shift);
}

static void medians(void **state)
{
    (void)state;
    assert_float_equal(statistics_median((double[]){3, 1, 2}, 3), 2, 0);
    assert_float_equal(statistics_median((double[]){4, 1, 3, 2}, 4), 2.5, 0);
    assert_float_equal(statistics_median((double[]){7}, 1), 7, 0);
}

/*
 * By hand: P(B(8, 1/2) <= 0) = 1/256 <= 0.005 < 9/256, so the whole range of 8 values; for 20,
 * P(B <= 3) = 1351/2^20 = 0.0013 <= 0.005 < P(B <= 4) = 6196/2^20 = 0.0059: 4th value to 17th.
 */
static void median_intervals(void **state)
{
    double values[20];
    struct interval interval = {-1, -1};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(values); i++)
        values[i] = (double)((i * 7) % ARRAY_SIZE(values)) + 1; /* 1...20, shuffled */
    assert_true(statistics_median_interval(values, 20, 0.99, &interval));
    assert_float_equal(interval.low, 4, 0);
    assert_float_equal(interval.high, 17, 0);
    assert_true(statistics_median_interval((double[]){8, 1, 2, 3, 4, 5, 6, 7}, 8, 0.99, &interval));
    assert_float_equal(interval.low, 1, 0);
    assert_float_equal(interval.high, 8, 0);
    assert_false(statistics_median_interval(values, 7, 0.99, &interval));
    assert_float_equal(interval.high, 8, 0); /* untouched */
}

static void p_values_by_enumeration(void **state)
{
    uint64_t random = 1;

    (void)state;
    for (size_t count = 1; count <= 11; count++)
        for (int trial = 0; trial < 6; trial++) {
            double values[11];

            for (size_t i = 0; i < count; i++) { /* odd trials: many ties */
                double unit = random_unit(&random) - 0.4;

                values[i] = trial % 2 ? (unit < 0 ? -1 : 1) * ceil(fabs(unit) * 4) : unit;
            }
            assert_float_equal(statistics_signed_rank_p(values, count), enumerated_p(values, count),
                               1e-12);
        }
}

static void p_value_leaves_zeros_out(void **state)
{
    (void)state;
    assert_float_equal(statistics_signed_rank_p((double[]){0, 0, 0}, 3), 1, 0);
    assert_float_equal(statistics_signed_rank_p((double[]){0, 1, 0, 2, 3}, 5), 0.25, 1e-15);
}

/*
 * Critical values of the signed-rank statistic, two-sided 0.01, from the usual published tables:
 * n = 8: 0, 10: 3, 15: 15, 20: 37, 25: 68. The interval leaves that many averages and one more out
 * at each end. With the values 2^i all averages are distinct, so their order shows which was taken.
 */
static void shift_intervals_match_the_tables(void **state)
{
    static const struct {
        size_t count, critical;
    } table[] = {{8, 0}, {10, 3}, {15, 15}, {20, 37}, {25, 68}};

    (void)state;
    for (size_t t = 0; t < ARRAY_SIZE(table); t++) {
        size_t count = table[t].count, below = 0, above = 0;
        struct shift shift;
        double values[25];

        for (size_t i = 0; i < count; i++)
            values[i] = ldexp(1, (int)i);
        assert_true(shift_at_99(values, count, &shift));
        for (size_t i = 0; i < count; i++)
            for (size_t j = i; j < count; j++) {
                below += (values[i] + values[j]) / 2 < shift.interval.low;
                above += (values[i] + values[j]) / 2 > shift.interval.high;
            }
        assert_int_equal(below, table[t].critical);
        assert_int_equal(above, table[t].critical);
    }
}

static void shift_by_hand(void **state)
{
    struct shift shift;

    (void)state; /* means of pairs of 1...8: from 1 to 8, symmetrical around 4.5 */
    assert_true(shift_at_99((double[]){5, 1, 2, 8, 3, 4, 7, 6}, 8, &shift));
    assert_float_equal(shift.value, 4.5, 1e-15);
    assert_float_equal(shift.interval.low, 1, 0);
    assert_float_equal(shift.interval.high, 8, 0);
    assert_false(shift_at_99((double[]){1, 2, 3, 4, 5, 6, 7}, 7, &shift));
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The same by sorting all means, for values with and without ties. */
static void shift_by_sorting(void **state)
{
    enum { MOST = 40 };
    double values[MOST], means[MOST * (MOST + 1) / 2];
    uint64_t random = 5;

    (void)state;
    for (size_t count = 8; count <= MOST; count++)
        for (int trial = 0; trial < 8; trial++) {
            size_t used = 0, tail = statistics_shift_tail(count, 0.01);
            struct shift shift;

            for (size_t i = 0; i < count; i++)
                values[i] = trial % 2 ? floor(random_unit(&random) * 5) : random_unit(&random);
            for (size_t i = 0; i < count; i++)
                for (size_t j = i; j < count; j++)
                    means[used++] = (values[i] + values[j]) / 2;
            qsort(means, used, sizeof(*means), compare_doubles);
            assert_true(statistics_shift(values, count, tail, &shift));
            assert_float_equal(shift.value, (means[(used - 1) / 2] + means[used / 2]) / 2, 0);
            assert_float_equal(shift.interval.low, means[tail - 1], 0);
            assert_float_equal(shift.interval.high, means[used - tail], 0);
        }
}

/* Quantiles of the usual tables. */
static void normal_quantiles(void **state)
{
    (void)state;
    assert_float_equal(statistics_normal_quantile(0.5), 0, 1e-6);
    assert_float_equal(statistics_normal_quantile(0.2), 0.841621, 1e-6);
    assert_float_equal(statistics_normal_quantile(0.025), 1.959964, 1e-6);
    assert_float_equal(statistics_normal_quantile(0.0005), 3.290527, 1e-6);
}

/* The interval excludes zero exactly when the test rejects: two faces of one distribution. */
static void interval_and_test_agree(void **state)
{
    uint64_t random = 7;

    (void)state;
    for (int trial = 0; trial < 300; trial++) {
        struct shift shift;
        double values[12];

        for (size_t i = 0; i < ARRAY_SIZE(values); i++)
            values[i] = random_unit(&random) - 0.15;
        assert_true(shift_at_99(values, ARRAY_SIZE(values), &shift));
        assert_int_equal(shift.interval.low > 0 || shift.interval.high < 0,
                         statistics_signed_rank_p(values, ARRAY_SIZE(values)) <= 0.01);
    }
}

static void shift_mirrors(void **state)
{
    uint64_t random = 3;
    double values[20], mirrored[20];
    struct shift shift, mirror;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        values[i] = random_unit(&random) - 0.3;
        mirrored[i] = -values[i];
    }
    assert_true(shift_at_99(values, 20, &shift));
    assert_true(shift_at_99(mirrored, 20, &mirror));
    assert_float_equal(shift.value, -mirror.value, 0);
    assert_float_equal(shift.interval.low, -mirror.interval.high, 0);
    assert_float_equal(shift.interval.high, -mirror.interval.low, 0);
    assert_float_equal(statistics_signed_rank_p(values, 20), statistics_signed_rank_p(mirrored, 20),
                       1e-12);
}

static void fewest_values(void **state)
{
    (void)state;
    assert_int_equal(statistics_min_count(0.01), 8);
    assert_int_equal(statistics_min_count(0.05), 6);
    assert_int_equal(statistics_min_count(0.1), 5);
    assert_int_equal(statistics_min_count(0.001), 11);
}

/* At the largest count the probabilities are still above what a double holds. */
static void largest_count(void **state)
{
    static double values[STATISTICS_MAX_COUNT];
    struct shift shift;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(values); i++)
        values[i] = (double)i + 1;
    assert_true(shift_at_99(values, ARRAY_SIZE(values), &shift));
    assert_float_equal(shift.value, 250.5, 1e-9);
    assert_true(shift.interval.low > 230 && shift.interval.low < 240);
    assert_true(statistics_signed_rank_p(values, 100) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(medians),
        cmocka_unit_test(median_intervals),
        cmocka_unit_test(p_values_by_enumeration),
        cmocka_unit_test(p_value_leaves_zeros_out),
        cmocka_unit_test(shift_intervals_match_the_tables),
        cmocka_unit_test(shift_by_hand),
        cmocka_unit_test(shift_by_sorting),
        cmocka_unit_test(normal_quantiles),
        cmocka_unit_test(interval_and_test_agree),
        cmocka_unit_test(shift_mirrors),
        cmocka_unit_test(fewest_values),
        cmocka_unit_test(largest_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
