/* The verdict fed from memory: what it says of alike builds, of unlike ones, and of too little. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/compiler.h"
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

static struct judgement judge(const struct trial *trial)
{
    struct judgement judgement;
    struct err err = {0};

    assert_true(verdict_decide(&trial->pairs, &trial->control, &judgement, &err));
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

/* Alike builds: at 99% at most 1 in 100 errs. 3000 trials; 30 expected at most, 3 sigma: 46. */
static void false_positives_are_rare(void **state)
{
    size_t wrong = 0, by_interval = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 3000; seed++) {
        struct judgement judgement;
        struct trial trial;

        make_trial(&trial, 0, 0.03, seed + 1000);
        judgement = judge(&trial);
        wrong += judgement.verdict != VERDICT_NO_DIFFERENCE;
        by_interval += judgement.shift.interval.low > 0 || judgement.shift.interval.high < 0;
    }
    assert_in_range(wrong, 0, by_interval);
    assert_in_range(by_interval, 10, 46);
}

/* "Four times in five" is kept roughly: a difference of 1% at a noise for which PAIRS suffice. */
static void pairs_needed_are_enough(void **state)
{
    size_t found = 0, trials = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 600; seed++) {
        struct trial trial;
        struct judgement judgement;

        make_trial(&trial, log(1.01), 0.005, seed + 9000);
        judgement = judge(&trial);
        if (judgement.pairs_for_one_pct < PAIRS - 4 || judgement.pairs_for_one_pct > PAIRS + 4)
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
    struct judgement judgement;
    struct err err = {0};
    struct trial trial;

    (void)state;
    make_trial(&trial, 0, 0.01, 5);
    trial.pairs.count = VERDICT_MIN_PAIRS - 1;
    assert_false(verdict_decide(&trial.pairs, &trial.control, &judgement, &err));
    assert_string_equal(err.message, "no verdict is possible with 7 pairs: a 99% interval needs 8");
    trial.pairs.count = VERDICT_MIN_PAIRS;
    assert_true(verdict_decide(&trial.pairs, &trial.control, &judgement, &err));
    assert_false(verdict_check_pairs(1, &err));
    assert_int_equal(statistics_min_count(VERDICT_LEVEL), VERDICT_MIN_PAIRS);
}

static void no_cpu_time_is_refused(void **state)
{
    struct judgement judgement;
    struct err err = {0};
    struct trial trial;

    (void)state;
    make_trial(&trial, 0, 0.01, 6);
    trial.pair_items[3].test.cpu_s = 0;
    assert_false(verdict_decide(&trial.pairs, &trial.control, &judgement, &err));
    assert_string_equal(err.message, "no verdict is possible: test used 0.00 ms of CPU time in a "
                                     "run, 1 ms are needed");
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
        cmocka_unit_test(false_positives_are_rare),
        cmocka_unit_test(pairs_needed_are_enough),
        cmocka_unit_test(gate_needs_confidence),
        cmocka_unit_test(too_little_is_refused),
        cmocka_unit_test(no_cpu_time_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
