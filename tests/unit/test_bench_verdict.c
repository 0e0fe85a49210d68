/* The verdict fed from memory: what it says of alike builds, of unlike ones, and of too little. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/compiler.h"
#include "pgo-bench/order.h"
#include "pgo-bench/verdict.h"

#define PAIRS   20
#define CONTROL 10

struct trial {
    struct pair pair_items[PAIRS], control_items[CONTROL];
    struct pairs pairs, control;
};

static double random_unit(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return ((double)(*state >> 33) + 0.5) / 2147483648.0;
}

/* Laplace noise: heavy tails, as on a shared machine. */
static double noise(uint64_t *state, double scale)
{
    double unit = random_unit(state) - 0.5;

    return -scale * copysign(log(1 - 2 * fabs(unit)), unit);
}

static struct sample sample_of(double cpu_s)
{
    return (struct sample){.cpu_s = cpu_s, .wall_s = cpu_s * 1.1, .peak_bytes = 1 << 20};
}

/* Both runs of a pair share the machine's drift; each has noise of its own; test is `shift` off. */
static void fill(struct pair *items, size_t count, double shift, double scale, uint64_t *random)
{
    for (size_t i = 0; i < count; i++) {
        double drift = 0.3 * random_unit(random);

        items[i].base = sample_of(exp(drift + noise(random, scale)));
        items[i].test = sample_of(exp(drift + shift + noise(random, scale)));
    }
}

static void make_trial(struct trial *trial, double shift, double scale, uint64_t seed)
{
    uint64_t random = seed * 2654435761u + 1;

    fill(trial->control_items, CONTROL, 0, scale, &random);
    fill(trial->pair_items, PAIRS, shift, scale, &random);
    trial->control = (struct pairs){trial->control_items, CONTROL, CONTROL};
    trial->pairs = (struct pairs){trial->pair_items, PAIRS, PAIRS};
}

/* The finding of a look at all of the trial, and what a report says about it. */
static struct judgement judge(const struct trial *trial)
{
    double differences[PAIRS], control[CONTROL];
    struct judgement judgement;
    struct finding finding;
    struct looks looks;

    looks_plan(PAIRS, false, VERDICT_ERROR, &looks);
    verdict_differences(&trial->pairs, differences);
    verdict_differences(&trial->control, control);
    verdict_look(differences, control, &looks.items[0], VERDICT_NO_GATE, &finding);
    verdict_judge(&trial->pairs, &looks.items[0], &finding, &judgement);
    return judgement;
}

static void clear_differences_are_found(void **state)
{
    struct trial trial;

    (void)state;
    make_trial(&trial, -0.15, 0.01, 1);
    assert_int_equal(judge(&trial).verdict, VERDICT_FASTER);
    make_trial(&trial, 0.15, 0.01, 1);
    assert_int_equal(judge(&trial).verdict, VERDICT_SLOWER);
}

/* The drift of 30% between pairs does not hide a difference of 5% within them. */
static void drift_cancels_within_pairs(void **state)
{
    struct judgement judgement;
    struct trial trial;

    (void)state;
    make_trial(&trial, -0.05, 0.005, 2);
    judgement = judge(&trial);
    assert_int_equal(judgement.verdict, VERDICT_FASTER);
    assert_true(judgement.base.cpu_interval_s.low < judgement.test.cpu_interval_s.high);
    assert_true(judgement.shift.interval.low < -0.05 && judgement.shift.interval.high > -0.06);
}

static void identical_series_show_no_difference(void **state)
{
    struct judgement judgement;
    struct trial trial;

    (void)state;
    make_trial(&trial, 0, 0.01, 3);
    for (size_t i = 0; i < PAIRS; i++)
        trial.pair_items[i].test = trial.pair_items[i].base;
    judgement = judge(&trial);
    assert_int_equal(judgement.verdict, VERDICT_NO_DIFFERENCE);
    assert_float_equal(judgement.p_value, 1, 0);
    for (size_t i = 0; i < CONTROL; i++) /* a machine without any noise */
        trial.control_items[i].test = trial.control_items[i].base;
    assert_int_equal(judge(&trial).verdict, VERDICT_NO_DIFFERENCE);
}

static void swapping_mirrors(void **state)
{
    static const enum verdict mirror[] = {
        [VERDICT_NO_DIFFERENCE] = VERDICT_NO_DIFFERENCE,
        [VERDICT_FASTER] = VERDICT_SLOWER,
        [VERDICT_SLOWER] = VERDICT_FASTER,
    };

    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++) {
        struct judgement judgement, mirrored;
        struct trial trial;

        make_trial(&trial, ((double)(seed % 7) - 3) * 0.02, 0.02, seed);
        judgement = judge(&trial);
        for (size_t i = 0; i < PAIRS; i++) {
            struct pair *pair = &trial.pair_items[i];

            *pair = (struct pair){.base = pair->test, .test = pair->base};
        }
        mirrored = judge(&trial);
        assert_int_equal(mirrored.verdict, mirror[judgement.verdict]);
        assert_float_equal(mirrored.shift.interval.low, -judgement.shift.interval.high, 1e-12);
        assert_float_equal(mirrored.shift.interval.high, -judgement.shift.interval.low, 1e-12);
        assert_float_equal(mirrored.base.cpu_s, judgement.test.cpu_s, 0);
    }
}

static void scale(struct pair *items, size_t count, double factor)
{
    for (size_t i = 0; i < count; i++) {
        items[i].base.cpu_s *= factor;
        items[i].test.cpu_s *= factor;
    }
}

static void scaling_changes_no_verdict(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++) {
        struct judgement before, after;
        struct trial trial;

        make_trial(&trial, 0.03, 0.02, seed);
        before = judge(&trial);
        scale(trial.pair_items, PAIRS, 1000);
        scale(trial.control_items, CONTROL, 1000);
        after = judge(&trial);
        assert_int_equal(after.verdict, before.verdict);
        assert_float_equal(after.shift.value, before.shift.value, 1e-9);
        assert_float_equal(after.floor, before.floor, 1e-9);
    }
}

/* The interval excludes zero, but the control shows that the same program differs by more. */
static void difference_within_the_floor_is_none(void **state)
{
    struct judgement judgement;
    struct trial trial;

    (void)state;
    make_trial(&trial, -0.02, 0.001, 4);
    assert_int_equal(judge(&trial).verdict, VERDICT_FASTER);
    for (size_t i = 0; i < CONTROL; i++)
        trial.control_items[i].test.cpu_s = trial.control_items[i].base.cpu_s * 1.03;
    judgement = judge(&trial);
    assert_true(judgement.shift.interval.high < 0);
    assert_float_equal(judgement.floor, log(1.03), 1e-9);
    assert_int_equal(judgement.verdict, VERDICT_NO_DIFFERENCE);
}

/* "Four times in five" is kept roughly: a difference of 1% at a noise for which PAIRS suffice. */
static void pairs_needed_are_enough(void **state)
{
    size_t found = 0, trials = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 1500; seed++) {
        struct trial trial;
        struct judgement judgement;
        double needed;

        make_trial(&trial, log(1.01), 0.0043, seed + 9000);
        judgement = judge(&trial);
        needed = verdict_pairs_needed(&judgement, log(1.01));
        if (needed < PAIRS - 4 || needed > PAIRS + 4)
            continue;
        trials++;
        found += judgement.verdict == VERDICT_SLOWER;
    }
    assert_true(trials > 50);
    assert_in_range(found * 100 / trials, 65, 100);
}

static void gate_needs_confidence(void **state)
{
    struct judgement judgement = {
        .verdict = VERDICT_SLOWER,
        .shift = {.value = log(1.05), .interval = {log(1.03), log(1.07)}},
    };

    (void)state;
    assert_true(verdict_beyond_gate(&judgement, 2));
    assert_true(verdict_beyond_gate(&judgement, 0));
    assert_false(verdict_beyond_gate(&judgement, 4)); /* it may be 3% */
    judgement.verdict = VERDICT_NO_DIFFERENCE;
    assert_false(verdict_beyond_gate(&judgement, 2));
}

static void too_little_is_refused(void **state)
{
    struct err err = {0};

    (void)state;
    assert_false(verdict_check_pairs(VERDICT_MIN_PAIRS - 1, &err));
    assert_string_equal(err.message,
                        "no verdict is possible with 10 pairs: a 99.9% interval needs 11");
    assert_true(verdict_check_pairs(VERDICT_MIN_PAIRS, &err));
    assert_false(verdict_check_pairs(1, &err));
    assert_int_equal(statistics_min_count(VERDICT_ERROR), VERDICT_MIN_PAIRS);
    assert_true(VERDICT_MIN_CONTROL >= statistics_min_count(1 - VERDICT_CONTROL_LEVEL));
}

static void no_cpu_time_is_refused(void **state)
{
    struct err err = {0};
    struct trial trial;

    (void)state;
    make_trial(&trial, 0, 0.01, 6);
    assert_true(verdict_check_runs(&trial.pairs, "test", &err));
    trial.pair_items[3].test.cpu_s = 0;
    assert_false(verdict_check_runs(&trial.pairs, "test", &err));
    assert_string_equal(err.message, "no verdict is possible: test used 0.00 ms of CPU time in a "
                                     "run, 1 ms are needed");
}

/* Whatever the number of pairs: looks go up to it, and their errors add up to the whole. */
static void looks_share_the_error(void **state)
{
    (void)state;
    for (size_t pairs = VERDICT_MIN_PAIRS; pairs <= STATISTICS_MAX_COUNT;
         pairs += pairs < 70 ? 1 : 43) { /* the larger the slower */
        double error = 0;
        struct looks looks;

        looks_plan(pairs, true, VERDICT_ERROR, &looks);
        for (size_t i = 0; i < looks.count; i++) {
            const struct look *look = &looks.items[i];

            error += look->error;
            assert_true(i == 0 || look->pairs > looks.items[i - 1].pairs);
            assert_true(look->tail > 0 && look->control_tail > 0);
            assert_int_equal(look->control_pairs, looks_control_for(look->pairs));
        }
        assert_float_equal(error, VERDICT_ERROR, 1e-15);
    }
}

static void looks_of_the_default(void **state)
{
    static const size_t expected[] = {16, 23, 33, 47, 60};
    struct looks looks;

    (void)state;
    looks_plan(LOOKS_DEFAULT_PAIRS, true, VERDICT_ERROR, &looks);
    assert_int_equal(looks.count, ARRAY_SIZE(expected));
    for (size_t i = 0; i < looks.count; i++)
        assert_int_equal(looks.items[i].pairs, expected[i]);
    assert_float_equal(looks.items[4].error, VERDICT_ERROR / 2, 0);
    looks_plan(LOOKS_DEFAULT_PAIRS, false, VERDICT_ERROR, &looks);
    assert_int_equal(looks.count, 1);
    assert_int_equal(looks.items[0].pairs, LOOKS_DEFAULT_PAIRS);
}

/* A look at 20 pairs whose differences are all around `shift`, as far apart as `width` says. */
static struct finding look_at(double shift, double width, double gate_pct)
{
    double differences[PAIRS], control[CONTROL];
    struct finding finding;
    struct looks looks;

    for (size_t i = 0; i < PAIRS; i++)
        differences[i] = shift + width * ((double)i / (PAIRS - 1) - 0.5);
    for (size_t i = 0; i < CONTROL; i++)
        control[i] = width * ((double)i / (CONTROL - 1) - 0.5);
    looks_plan(PAIRS, false, VERDICT_ERROR, &looks);
    verdict_look(differences, control, &looks.items[0], gate_pct, &finding);
    return finding;
}

static void clear_is_what_more_pairs_do_not_change(void **state)
{
    (void)state;
    assert_true(look_at(-0.1, 0.02, VERDICT_NO_GATE).clear);
    assert_true(look_at(0, 0.01, VERDICT_NO_GATE).clear); /* within 1% */
    assert_false(look_at(0, 0.2, VERDICT_NO_GATE).clear); /* nobody knows */
    /* slower, but by how much? */
    assert_int_equal(look_at(0.05, 0.13, VERDICT_NO_GATE).verdict, VERDICT_SLOWER);
    assert_false(look_at(0.05, 0.13, VERDICT_NO_GATE).clear);
    /* slower by 9 to 12%: on which side of the gate? */
    assert_true(look_at(0.1, 0.02, 5).clear);
    assert_false(look_at(0.1, 0.02, 10.5).clear);
    assert_true(look_at(0.1, 0.02, 20).clear);
}

/* Both sides of half the pairs, and nothing that a seed has in common with the next one. */
static void order_is_tossed(void **state)
{
    size_t first = 0, same = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 1000; seed++) {
        struct order order, next;

        order_init(&order, seed);
        order_init(&next, seed + 1);
        for (size_t i = 0; i < 100; i++) {
            bool toss = order_toss(&order);

            first += toss;
            same += toss == order_toss(&next);
            assert_true(order_below(&order, 7) < 7);
            (void)order_below(&next, 7);
        }
    }
    assert_in_range(first, 49000, 51000); /* 6 standard deviations */
    assert_in_range(same, 49000, 51000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clear_differences_are_found),
        cmocka_unit_test(drift_cancels_within_pairs),
        cmocka_unit_test(identical_series_show_no_difference),
        cmocka_unit_test(swapping_mirrors),
        cmocka_unit_test(scaling_changes_no_verdict),
        cmocka_unit_test(difference_within_the_floor_is_none),
        cmocka_unit_test(pairs_needed_are_enough),
        cmocka_unit_test(gate_needs_confidence),
        cmocka_unit_test(too_little_is_refused),
        cmocka_unit_test(no_cpu_time_is_refused),
        cmocka_unit_test(looks_share_the_error),
        cmocka_unit_test(looks_of_the_default),
        cmocka_unit_test(clear_is_what_more_pairs_do_not_change),
        cmocka_unit_test(order_is_tossed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
