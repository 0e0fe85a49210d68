/* Counts from samples on hand-made control-flow graphs. */
#include "../../pgo-convert/flow.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define NONE BLOCK_NONE
#define MAX  8

static void check_near(double value, double expected, double share)
{
    if (fabs(value - expected) > share * expected + 0.01)
        fail_msg("found %g, expected %g", value, expected);
}

static void estimate(const struct block *list, size_t count, const double *samples,
                     const double *costs, double *counts)
{
    struct blocks blocks = {.blocks = (struct block *)list, .block_count = count};

    flow_estimate(&blocks, samples, costs, counts);
}

/* Samples without noise, from counts that are conserved: the counts come back. */
static void expect_back(const struct block *list, size_t count, const double *truth)
{
    static const double costs[MAX] = {3, 1, 7, 2, 12, 5, 1, 4};
    double samples[MAX], counts[MAX];

    for (size_t i = 0; i < count; i++)
        samples[i] = truth[i] * costs[i];
    estimate(list, count, samples, costs, counts);
    for (size_t i = 0; i < count; i++)
        check_near(counts[i], truth[i], 0.01);
}

static const struct block chain[] = {
    {.fall_through = 1, .target = NONE},
    {.fall_through = 2, .target = NONE},
    {.fall_through = NONE, .target = NONE, .exit = BLOCK_LEAVES},
};
static const struct block diamond[] = {
    {.fall_through = 1, .target = 2},
    {.fall_through = NONE, .target = 3},
    {.fall_through = 3, .target = NONE},
    {.fall_through = NONE, .target = NONE, .exit = BLOCK_LEAVES},
};
static const struct block loop[] = {
    {.fall_through = 1, .target = NONE},
    {.fall_through = 2, .target = 4}, /* head */
    {.fall_through = 3, .target = NONE},
    {.fall_through = NONE, .target = 1},
    {.fall_through = NONE, .target = NONE, .exit = BLOCK_LEAVES},
};
static const struct block self_loop[] = {
    {.fall_through = 1, .target = NONE},
    {.fall_through = 2, .target = 1},
    {.fall_through = NONE, .target = NONE, .exit = BLOCK_LEAVES},
};
static const struct block jump_table[] = {
    {.fall_through = NONE, .target = NONE, .exit = BLOCK_INDIRECT},
    {.fall_through = NONE, .target = 4},
    {.fall_through = NONE, .target = 4},
    {.fall_through = NONE, .target = 4},
    {.fall_through = NONE, .target = NONE, .exit = BLOCK_LEAVES},
};
static const struct block landing_pad[] = {
    /* block 2 is entered from outside */
    {.fall_through = 1, .target = NONE},
    {.fall_through = NONE, .target = 3},
    {.fall_through = 3, .target = NONE},
    {.fall_through = NONE, .target = NONE, .exit = BLOCK_LEAVES},
};

static void test_noise_free_samples_give_the_counts(void **state)
{
    (void)state;
    expect_back(chain, 3, (double[]){500, 500, 500});
    expect_back(diamond, 4, (double[]){1000, 900, 100, 1000});
    expect_back(loop, 5, (double[]){20, 2020, 2000, 2000, 20});
    expect_back(self_loop, 3, (double[]){30, 3000, 30});
    expect_back(jump_table, 5, (double[]){1000, 700, 250, 50, 1000});
    expect_back(landing_pad, 4, (double[]){1000, 1000, 40, 1040});
}

/* Where blocks disagree, what enters still leaves. */
static void test_noisy_samples_are_conserved(void **state)
{
    static const double ones[MAX] = {1, 1, 1, 1, 1, 1, 1, 1};
    double counts[MAX];

    (void)state;
    estimate(chain, 3, (double[]){90, 140, 70}, ones, counts);
    check_near(counts[1], counts[0], 0.01);
    check_near(counts[2], counts[0], 0.01);
    assert_true(counts[0] > 70 && counts[0] < 140);
    estimate(diamond, 4, (double[]){120, 60, 20, 90}, ones, counts);
    check_near(counts[0], counts[1] + counts[2], 0.01);
    check_near(counts[3], counts[0], 0.01);
    estimate(jump_table, 5, (double[]){200, 80, 60, 10, 130}, ones, counts);
    check_near(counts[0], counts[1] + counts[2] + counts[3], 0.01);
    check_near(counts[4], counts[0], 0.01);
    estimate(loop, 5, (double[]){3, 400, 500, 300, 8}, ones, counts);
    check_near(counts[1], counts[0] + counts[3], 0.01);
    check_near(counts[2], counts[3], 0.01);
    assert_true(fabs(counts[4] - counts[0]) < 0.01 * counts[1]); /* the balance of the head */
}

static void test_unsampled_block_between_sampled_ones(void **state)
{
    double counts[MAX];

    (void)state;
    /* one cheap instruction, passed as often as its neighbours */
    estimate(chain, 3, (double[]){400, 0, 400}, (double[]){20, 1, 20}, counts);
    assert_true(counts[0] > 10);
    check_near(counts[1], counts[0], 0.01);
    check_near(counts[2], counts[0], 0.01);
}

static void test_branch_that_was_never_sampled(void **state)
{
    double counts[MAX];

    (void)state;
    estimate(diamond, 4, (double[]){4000, 2000, 0, 3000}, (double[]){4, 2, 5, 3}, counts);
    assert_true(counts[2] == 0);
    check_near(counts[1], 1000, 0.01);
    check_near(counts[3], 1000, 0.01);
    /* a function without a sample */
    estimate(diamond, 4, (double[]){0, 0, 0, 0}, (double[]){4, 2, 5, 3}, counts);
    for (int i = 0; i < 4; i++)
        assert_true(counts[i] == 0);
}

static void test_scaling_samples_scales_counts(void **state)
{
    static const double costs[] = {4, 2, 5, 3};
    double once[MAX], many[MAX];

    (void)state;
    estimate(diamond, 4, (double[]){4000, 1800, 450, 3000}, costs, once);
    estimate(diamond, 4, (double[]){400000, 180000, 45000, 300000}, costs, many);
    for (int i = 0; i < 4; i++)
        check_near(many[i], 100 * once[i], 0.01);
}

/* A stall that the cost does not know: longer stalls must not make the block seem colder. */
static void test_a_stall_among_unsampled_blocks(void **state)
{
    static const double costs[] = {20, 20, 20};
    double counts[3];

    (void)state;
    for (double stall = 100; stall <= 1e6; stall *= 10) {
        const double samples[] = {stall, 0, 0};

        estimate(chain, 3, samples, costs, counts);
        assert_true(counts[0] >= stall / 20 / 16);
        assert_true(counts[0] <= stall / 20);
    }
}

static void test_extremes_stay_finite(void **state)
{
    double counts[MAX];

    (void)state;
    estimate(loop, 5, (double[]){0, 1.8e19, 0, 0, 0}, (double[]){1, 1, 1e6, 1, 1}, counts);
    for (int i = 0; i < 5; i++)
        assert_true(isfinite(counts[i]) && counts[i] >= 0);
    estimate(&chain[2], 1, (double[]){5}, (double[]){1}, counts); /* a function of one block */
    check_near(counts[0], 5, 0.01);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_noise_free_samples_give_the_counts),
        cmocka_unit_test(test_noisy_samples_are_conserved),
        cmocka_unit_test(test_unsampled_block_between_sampled_ones),
        cmocka_unit_test(test_branch_that_was_never_sampled),
        cmocka_unit_test(test_scaling_samples_scales_counts),
        cmocka_unit_test(test_a_stall_among_unsampled_blocks),
        cmocka_unit_test(test_extremes_stay_finite),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
