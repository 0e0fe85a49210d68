/*
 * --refresh: chance keeps records, a change is taken at once, and nothing drifts or stands for
 * ever. Recordings are simulated: the same true counts, samples by Poisson's law, fixed seeds.
 */
#include "../../pgo-convert/refresh.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../pgo-convert/similarity.h"
#include "profile/sampleprof_read.h"

#define FUNCTIONS 300
#define LINES     12

static uint64_t seed;

/* xorshift64*: the same numbers on every machine; in (0, 1). */
static double next_random(void)
{
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return ((double)((seed * 0x2545f4914f6cdd1d) >> 11) + 0.5) / 9007199254740992.0;
}

/* Knuth's product of uniform numbers, in steps that exp() can hold. */
static uint64_t next_poisson(double mean)
{
    uint64_t count = 0;

    for (; mean > 0; mean -= 20) {
        double limit = exp(-(mean < 20 ? mean : 20)), product = next_random();

        for (; product > limit; product *= next_random())
            count++;
    }
    return count;
}

/* The truth: functions by Zipf's law, a tenth of each line going to an inlined copy. */
static double true_share(unsigned function, unsigned line, unsigned changed)
{
    unsigned place = function == changed ? LINES - 1 - line : line;

    return 0.16 / (1 + function) * (1 + place * place) / 518;
}

/* 1000 counts a sample, as the estimates write them. `changed` has its lines the other way round.
 */
static struct sampleprof *record(double samples, unsigned first, unsigned end, unsigned changed)
{
    struct sampleprof *tree = sampleprof_new();

    for (unsigned i = first; i < end; i++) {
        struct sampleprof_function *function = NULL, *copy;
        char name[16] = {'f', (char)('a' + i / 26 / 26), (char)('a' + i / 26 % 26),
                         (char)('a' + i % 26)};

        for (unsigned j = 0; j < LINES; j++) {
            uint64_t hits = next_poisson(samples * true_share(i, j, changed));
            struct sampleprof_site site = {(uint16_t)j, 0};

            if (!hits)
                continue;
            function = sampleprof_add_function(tree, name, "", false);
            copy = sampleprof_add_callee(tree, function, (struct sampleprof_site){50, 0}, "copy");
            sampleprof_add_line(tree, function, site)->count = 900 * hits;
            sampleprof_add_line(tree, copy, site)->count = 100 * hits;
            function->samples += hits;
        }
    }
    sampleprof_finish(tree);
    return tree;
}

static char *text_of(const struct sampleprof *tree)
{
    struct sampleprof_losses losses;
    struct strbuf out = {0};

    sampleprof_write_text(tree, &out, &losses);
    return out.data ? out.data : strdup("");
}

static struct sampleprof *read_text(const char *text)
{
    struct err err = {0};
    struct sampleprof *tree = sampleprof_read_text(text, strlen(text), &err);

    if (!tree)
        fail_msg("%s", err.message);
    return tree;
}

static const struct sampleprof_function *find(const struct sampleprof *tree, const char *name)
{
    for (size_t i = 0; i < tree->function_count; i++)
        if (strcmp(tree->functions[i]->name, name) == 0)
            return tree->functions[i];
    return NULL;
}

/* 20,000 samples each, twenty pairs: all that both have is kept, to the byte. */
static void test_chance_keeps(void **state)
{
    size_t changed = 0, kept = 0;

    (void)state;
    seed = 7;
    for (unsigned round = 0; round < 20; round++) {
        struct sampleprof *old = record(20000, 0, FUNCTIONS, FUNCTIONS);
        struct sampleprof *new = record(20000, 0, FUNCTIONS, FUNCTIONS);
        struct refresh_report report;
        struct sampleprof *tree = refresh(old, new, &report);

        changed += report.changed + report.gone;
        kept += report.kept;
        assert_true((double)report.kept_samples > 0.97 * (double)report.sample_count);
        assert_int_equal(tree->refresh_count, 1);
        sampleprof_free(tree);
        sampleprof_free(new);
        sampleprof_free(old);
    }
    assert_true(changed * 500 < kept);
}

/* The new recording is ten times as long: what is taken comes to the old one's scale. */
static void test_a_change_is_taken(void **state)
{
    struct sampleprof *old, *new, *tree;
    const struct sampleprof_function *taken, *kept;
    struct refresh_report report;

    (void)state;
    seed = 11;
    old = record(20000, 0, FUNCTIONS, FUNCTIONS);
    new = record(200000, 0, FUNCTIONS, 9); /* 1.6% of the samples */
    tree = refresh(old, new, &report);
    assert_int_equal(report.changed, 1);
    taken = find(tree, "faaj");
    assert_int_equal(taken->since, 1);
    assert_int_equal(taken->samples, find(new, "faaj")->samples);
    assert_true(taken->total > find(old, "faaj")->total * 8 / 10);
    assert_true(taken->total < find(old, "faaj")->total * 12 / 10);
    assert_true(similarity_of(taken, find(new, "faaj")).distance < 0.01);
    kept = find(tree, "faaa");
    assert_int_equal(kept->since, 0);
    assert_int_equal(kept->total, find(old, "faaa")->total);
    sampleprof_free(tree);
    sampleprof_free(new);
    sampleprof_free(old);
}

/* The bounds of the rule: what does not matter, or what chance explains. */
static void assert_close(struct similarity similarity)
{
    assert_true(similarity.distance <= 0.15 || similarity.distance <= 2 * similarity.noise);
}

/* A record is compared with the present each time, and ends: nothing drifts. */
static void test_refreshed_again_and_again(void **state)
{
    struct sampleprof *tree = NULL;
    size_t expired = 0;

    (void)state;
    seed = 13;
    for (unsigned week = 0; week < 30; week++) {
        /* the truth of function 3 turns over at week 10; that is a change, at once */
        struct sampleprof *new = record(20000, 0, FUNCTIONS, week < 10 ? FUNCTIONS : 3);
        struct sampleprof *next = new;
        struct refresh_report report;

        if (tree) {
            next = refresh(tree, new, &report);
            assert_int_equal(report.changed > 0, week == 10);
            assert_int_equal(find(next, "faad")->since >= 10, week >= 10);
            expired += report.expired;
            for (size_t i = 0; i < next->function_count; i++) {
                const struct sampleprof_function *now = find(new, next->functions[i]->name);

                assert_true(week - next->functions[i]->since <= REFRESH_MAX_AGE);
                if (now)
                    assert_close(similarity_of(next->functions[i], now));
            }
            sampleprof_free(tree);
            sampleprof_free(new);
        }
        tree = next;
    }
    assert_true(expired > 100);
    sampleprof_free(tree);
}

#define CALLERS 40

/* Of a call's own code and of entry and return; these lines have none where "part" is inlined. */
static void add_overhead(struct sampleprof *tree, struct sampleprof_function *function,
                         unsigned line, uint64_t hits)
{
    struct sampleprof_site site = {(uint16_t)line, 0};

    sampleprof_add_line(tree, function, site)->count += 1000 * hits;
    function->samples += hits;
}

/*
 * One truth in two builds: each of the callers calls `part`, which has that share of their samples.
 * Out of line there is code for the call and for entry and return; inlined there is not. If
 * `is_turned`, part's lines have their counts the other way round.
 */
static struct sampleprof *record_build(double share, bool is_inlined, bool is_turned)
{
    struct sampleprof *tree = sampleprof_new();
    double hits_per_caller = 20000.0 / CALLERS;

    for (unsigned i = 0; i < CALLERS; i++) {
        char name[] = {'f', (char)('a' + i / 26), (char)('a' + i % 26), '\0'};
        struct sampleprof_function *caller = sampleprof_add_function(tree, name, "", false);
        struct sampleprof_function *part =
            is_inlined
                ? sampleprof_add_callee(tree, caller, (struct sampleprof_site){50, 0}, "part")
                : sampleprof_add_function(tree, "part", "", false);
        struct sampleprof_function *symbol = is_inlined ? caller : part;

        for (unsigned j = 0; j < LINES; j++) {
            struct sampleprof_site site = {(uint16_t)(j + 1), 0};
            unsigned place = is_turned ? LINES - 1 - j : j;
            uint64_t own = next_poisson(hits_per_caller * (1 - share) * (1 + j * j) / 518);
            uint64_t hits = next_poisson(hits_per_caller * share * (1 + place * place) / 518);

            sampleprof_add_line(tree, caller, site)->count += 1000 * own;
            sampleprof_add_line(tree, part, site)->count += 1000 * hits;
            caller->samples += own;
            symbol->samples += hits;
        }
        if (is_inlined)
            continue;
        add_overhead(tree, caller, 50, next_poisson(hits_per_caller * 0.1));
        add_overhead(tree, part, 0, next_poisson(hits_per_caller * share / 4));
        add_overhead(tree, part, 60, next_poisson(hits_per_caller * share / 4));
    }
    sampleprof_finish(tree);
    return tree;
}

/* The profile of each build makes the other: what is inlined changes each time, and nothing else.
 */
static void test_two_builds_do_not_oscillate(void **state)
{
    (void)state;
    seed = 19;
    for (int first = 0; first < 2; first++) {
        struct sampleprof *tree = record_build(0.3, first, false);
        char *before = text_of(tree), *after;

        for (int round = 1; round <= 5; round++) {
            struct sampleprof *new = record_build(0.3, (first + round) % 2, false);
            struct refresh_report report;
            struct sampleprof *next = refresh(tree, new, &report);

            assert_int_equal(report.kept, tree->function_count);
            assert_int_equal(report.added, 0);
            sampleprof_free(tree);
            sampleprof_free(new);
            tree = next;
        }
        tree->refresh_count = 0;
        tree->has_summary = false;
        after = text_of(tree);
        assert_string_equal(before, after);
        free(before);
        free(after);
        sampleprof_free(tree);
    }
}

static uint64_t count_at(const struct sampleprof_function *function, uint16_t line_off)
{
    for (size_t i = 0; i < function->line_count; i++)
        if (function->lines[i].site.line_off == line_off)
            return function->lines[i].count;
    return 0;
}

/* The callers hardly change, so they stand; `part` is made of the copies that they lack. */
static void test_a_small_change_in_another_build(void **state)
{
    struct sampleprof *old, *new, *tree;
    const struct sampleprof_function *part;
    struct refresh_report report;

    (void)state;
    seed = 23;
    old = record_build(0.1, false, false);
    new = record_build(0.1, true, true);
    tree = refresh(old, new, &report);
    assert_int_equal(report.kept, CALLERS);
    assert_int_equal(report.changed, 1);
    part = find(tree, "part");
    assert_int_equal(part->since, 1);
    assert_true(part->samples > 1500 && part->samples < 2500);
    assert_true(count_at(part, 1) > 10 * count_at(part, LINES));
    sampleprof_free(tree);
    sampleprof_free(new);
    sampleprof_free(old);
}

/* The callers change as much, in either direction: all is made anew, and nothing doubled. */
static void test_a_change_in_another_build(void **state)
{
    (void)state;
    seed = 29;
    for (int first = 0; first < 2; first++) {
        struct sampleprof *old = record_build(0.4, first, false);
        struct sampleprof *new = record_build(0.4, !first, true), *tree;
        struct refresh_report report;

        tree = refresh(old, new, &report);
        assert_int_equal(report.kept, 0);
        assert_int_equal(tree->function_count, new->function_count);
        for (size_t i = 0; i < tree->function_count; i++)
            assert_true(
                similarity_of(tree->functions[i], find(new, tree->functions[i]->name)).distance <
                0.01);
        sampleprof_free(tree);
        sampleprof_free(new);
        sampleprof_free(old);
    }
}

/* f is not seen any more: it stays if that is chance, and goes if it is not. */
static void test_not_seen(void **state)
{
    struct sampleprof *old = read_text("big:90000:0\n#!pgo samples 90\n 1: 90000\n"
                                       "gone:30000:0\n#!pgo samples 30\n 1: 30000\n"
                                       "few:3000:0\n#!pgo samples 3\n 1: 3000\n"
                                       "#!pgo units 1\n#!pgo unit a.c\n#!pgo  big gone\n"
                                       "#!pgo unit b.c\n#!pgo  few\n#!pgo unit c.c\n#!pgo  gone\n");
    struct sampleprof *new = read_text("big:180000:0\n#!pgo samples 180\n 1: 180000\n"
                                       "other:9000:0\n#!pgo samples 9\n 1: 9000\n"
                                       "rare:4000:0\n#!pgo samples 4\n 1: 4000\n"
                                       "#!pgo units 1\n#!pgo unit a.c\n#!pgo  big other rare\n");
    struct refresh_report report;
    struct sampleprof *tree = refresh(old, new, &report);
    char *text;

    (void)state;
    tree->has_summary = false; /* a long line */
    text = text_of(tree);
    assert_string_equal(text, "big:90000:0\n#!pgo samples 90\n 1: 90000\n"
                              "other:4500:0\n#!pgo samples 9 since 1\n 1: 4500\n"
                              "few:3000:0\n#!pgo samples 3\n 1: 3000\n"
                              "#!pgo refresh 1\n#!pgo units 1\n#!pgo unit a.c\n#!pgo  big other\n"
                              "#!pgo unit b.c\n#!pgo  few\n");
    assert_int_equal(report.kept, 2);
    assert_int_equal(report.unseen, 1);
    assert_int_equal(report.gone, 1);
    assert_int_equal(report.added, 1);
    assert_int_equal(report.left_out, 1);
    free(text);
    sampleprof_free(tree);
    sampleprof_free(new);
    sampleprof_free(old);
}

/* Without notes the old numbers of samples are not known: only the new one's noise excuses. */
static void test_old_without_notes(void **state)
{
    struct sampleprof *old = read_text("f:1000:0\n 1: 500\n 2: 500\n"
                                       "g:1000:0\n 1: 500\n 2: 500\n");
    struct sampleprof *new = read_text("f:1000:0\n#!pgo samples 4\n 1: 750\n 2: 250\n"
                                       "g:1000:0\n#!pgo samples 400\n 1: 750\n 2: 250\n");
    struct refresh_report report;
    struct sampleprof *tree = refresh(old, new, &report);

    (void)state;
    assert_int_equal(find(tree, "f")->since, 0);
    assert_int_equal(find(tree, "g")->since, 1);
    sampleprof_free(tree);
    sampleprof_free(new);
    sampleprof_free(old);
}

/* Another control flow is a change, however equal the counts; other kinds have nothing in common.
 */
static void test_probes(void **state)
{
    struct sampleprof *old = read_text("f:10:0\n 1: 10\n !CFGChecksum: 1\n"
                                       "g:11:0\n 1: 10\n 2: h:1\n  1: 1\n  !CFGChecksum: 5\n"
                                       " !CFGChecksum: 2\n");
    struct sampleprof *new = read_text("f:10:0\n 1: 10\n !CFGChecksum: 1\n"
                                       "g:11:0\n 1: 10\n 2: h:1\n  1: 1\n  !CFGChecksum: 6\n"
                                       " !CFGChecksum: 2\n");
    struct sampleprof *lines = read_text("f:10:0\n 1: 10\n");
    struct refresh_report report;
    struct sampleprof *tree = refresh(old, new, &report);

    (void)state;
    assert_int_equal(report.kept, 1);
    assert_int_equal(report.changed, 1);
    sampleprof_free(tree);
    tree = refresh(lines, new, &report);
    assert_true(report.is_other_kind);
    assert_int_equal(report.kept, 0);
    assert_int_equal(tree->function_count, 2);
    assert_true(tree->is_probe_based);
    sampleprof_free(tree);
    sampleprof_free(lines);
    sampleprof_free(new);
    sampleprof_free(old);
}

/* Written, read and refreshed once more with itself: only the number of refreshes changes. */
static void test_round_trip(void **state)
{
    struct sampleprof *first, *second, *third;
    struct refresh_report report;
    char *before, *after;

    (void)state;
    seed = 17;
    first = record(20000, 0, FUNCTIONS, FUNCTIONS);
    before = text_of(first);
    second = read_text(before);
    third = refresh(first, second, &report);
    third->refresh_count = 0;
    third->has_summary = false;
    after = text_of(third);
    assert_string_equal(before, after);
    assert_int_equal(report.kept, first->function_count);
    free(before);
    free(after);
    sampleprof_free(first);
    sampleprof_free(second);
    sampleprof_free(third);
}

/* What is hot stays to the byte while the thresholds do, and then is that of the new profile. */
static void test_summary(void **state)
{
    struct sampleprof *first = read_text("f:990000:0\n 1: 900000\n 2: 90000\n");
    struct sampleprof *near = read_text("f:990000:0\n 1: 900000\n 2: 90000\n"
                                        "g:80000:0\n 1: 80000\n");
    struct sampleprof *far = read_text("f:990000:0\n 1: 900000\n 2: 90000\n"
                                       "g:40000:0\n 1: 20000\n 2: 20000\n");
    struct sampleprof_summary before, after;
    struct sampleprof *second, *third;
    struct refresh_report report;

    (void)state;
    sampleprof_summarize_tree(first, &before);
    second = refresh(first, near, &report);
    assert_true(report.is_summary_kept);
    sampleprof_summarize_tree(second, &after);
    assert_true(before.total == after.total && before.function_count == after.function_count);
    third = refresh(second, far, &report);
    assert_false(report.is_summary_kept);
    sampleprof_summarize_tree(third, &after);
    assert_int_equal(after.function_count, 2);
    assert_true(after.entries[SAMPLEPROF_CUTOFFS - 1].min_count < 45000);
    sampleprof_free(first);
    sampleprof_free(near);
    sampleprof_free(far);
    sampleprof_free(second);
    sampleprof_free(third);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chance_keeps),
        cmocka_unit_test(test_a_change_is_taken),
        cmocka_unit_test(test_refreshed_again_and_again),
        cmocka_unit_test(test_two_builds_do_not_oscillate),
        cmocka_unit_test(test_a_small_change_in_another_build),
        cmocka_unit_test(test_a_change_in_another_build),
        cmocka_unit_test(test_not_seen),
        cmocka_unit_test(test_old_without_notes),
        cmocka_unit_test(test_probes),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_summary),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
