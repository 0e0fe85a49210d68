/* Profiles added up: any order gives the same bytes, and what goes in comes out. */
#include "profile/profile_merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "profile/pprof.h"
#include "profile/profile_merge_parts.h"

#define FUNCTIONS 6
#define OFFSETS   40

struct maker {
    uint32_t state; /* of the generator */
};

static uint32_t draw(struct maker *maker, uint32_t below)
{
    maker->state = maker->state * 1664525u + 1013904223u;
    return (maker->state >> 8) % below;
}

static uint32_t add_code(struct profile *p, uint32_t mapping, uint32_t off, bool with_lines)
{
    struct profile_location location = {.mapping = mapping,
                                        .ip = p->mappings[mapping].start_ip + off};

    if (with_lines) {
        location.line_count = 1 + off % 2;
        location.lines = arena_array(&p->arena, location.line_count, sizeof(*location.lines));
        for (uint32_t i = 0; i < location.line_count; i++)
            location.lines[i] = (struct profile_line){(off + i) % FUNCTIONS, 20 + off};
    }
    return profile_add_location(p, &location);
}

static void add_functions(struct profile *p)
{
    static const char *const names[FUNCTIONS] = {"a", "b", "c", "d", "e", "f"};

    for (size_t i = 0; i < FUNCTIONS; i++)
        profile_add_function(p,
                             &(struct profile_function){.name = profile_intern(p, names[i]),
                                                        .system_name = profile_intern(p, names[i]),
                                                        .file = profile_intern(p, "x.c"),
                                                        .start_line = 10 * (int64_t)(i + 1)});
}

static void set_label(struct profile *p, struct profile_sample *sample, uint32_t number)
{
    sample->label_count = 1;
    sample->labels = arena_alloc(&p->arena, sizeof(*sample->labels));
    *sample->labels = (struct profile_label){profile_intern(p, "job"), profile_intern(p, ""),
                                             number, profile_intern(p, "")};
}

/* A profile of two binaries; the program lies at another address in each, unless build ids lack. */
static struct profile *make_profile(uint32_t seed, const char *build_id, bool with_lines)
{
    struct maker maker = {seed};
    struct profile *p = profile_new();
    uint64_t base = 0x100000 * (uint64_t)(1 + draw(&maker, 100));

    profile_add_value_type(p, "samples", "count");
    profile_add_value_type(p, "cpu", "nanoseconds");
    p->period_type = p->value_types[1];
    p->period = 1000000;
    p->time_ns = 100 + seed;
    p->duration_ns = (int64_t)(1 + seed % 3) * 1000000000;
    profile_add_comment(p, "profile %u", seed);
    profile_add_comment(p, "common");
    for (uint64_t i = 0; i < 2; i++)
        profile_add_mapping(
            p, &(struct profile_mapping){.start_ip = base + i * 0x10000,
                                         .limit_ip = base + i * 0x10000 + 0x8000,
                                         .pgoff = 0x1000,
                                         .file = profile_intern(p, i ? "/lib/c" : "/bin/app"),
                                         .build_id = profile_intern(p, i ? "cc" : build_id),
                                         .has_functions = with_lines});
    add_functions(p);
    for (int i = 0; i < 200; i++) {
        uint32_t stack[3];
        struct profile_sample *sample;

        for (size_t j = 0; j < 3; j++)
            stack[j] = add_code(p, j == 0 && i % 4 == 0, 1 + draw(&maker, OFFSETS), with_lines);
        sample = profile_add_sample(p, stack, 1 + draw(&maker, 3));
        sample->values[0] = 1 + draw(&maker, 9);
        sample->values[1] = sample->values[0] * p->period;
        if (draw(&maker, 3) == 0)
            set_label(p, sample, draw(&maker, 2));
    }
    return p;
}

static int64_t total(const struct profile *p, size_t type)
{
    int64_t sum = 0;

    for (size_t i = 0; i < p->sample_count; i++)
        sum += p->samples[i].values[type];
    return sum;
}

static struct profile *merge_of(struct profile *const *profiles, const uint64_t *weights,
                                size_t count, enum profile_merge_scale scale)
{
    struct profile_merge *merge = profile_merge_new(scale);
    struct profile *merged;
    struct err err = {0};

    for (size_t i = 0; i < count; i++)
        assert_true(profile_merge_add(merge, profiles[i], weights ? weights[i] : 1, &err));
    merged = profile_merge_build(merge);
    profile_merge_free(merge);
    return merged;
}

static void assert_same(struct profile *a, struct profile *b)
{
    struct strbuf first = {0}, second = {0};

    pprof_write(a, &first);
    pprof_write(b, &second);
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.data, second.data, first.len);
    strbuf_release(&first);
    strbuf_release(&second);
    profile_free(a);
    profile_free(b);
}

/* Symbolized and not, several builds, one without a build id, in all orders. */
static void any_order(enum profile_merge_scale scale)
{
    struct profile *p[] = {make_profile(1, "aa", true), make_profile(2, "aa", false),
                           make_profile(3, "bb", true), make_profile(4, "", true)};
    static const size_t orders[][4] = {{1, 0, 2, 3}, {3, 2, 1, 0}, {2, 3, 0, 1}, {0, 2, 3, 1}};
    uint64_t weights[] = {1, 2, 3, 4};

    for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
        struct profile *other[4];
        uint64_t other_weights[4];

        for (size_t j = 0; j < 4; j++) {
            other[j] = p[orders[i][j]];
            other_weights[j] = weights[orders[i][j]];
        }
        assert_same(merge_of(p, weights, 4, scale), merge_of(other, other_weights, 4, scale));
    }
    for (size_t i = 0; i < 4; i++)
        profile_free(p[i]);
}

static void order_does_not_matter(void **state)
{
    (void)state;
    any_order(PROFILE_MERGE_PLAIN);
    any_order(PROFILE_MERGE_BY_DURATION);
}

static void totals_stay(void **state)
{
    struct profile *p[] = {make_profile(1, "aa", true), make_profile(2, "aa", false),
                           make_profile(3, "bb", true)};
    uint64_t weights[] = {5, 1, 2};
    struct profile *plain = merge_of(p, weights, 3, PROFILE_MERGE_PLAIN);
    struct profile *even = merge_of(p, weights, 3, PROFILE_MERGE_BY_DURATION);

    (void)state;
    for (size_t type = 0; type < 2; type++) {
        int64_t sum = 5 * total(p[0], type) + total(p[1], type) + 2 * total(p[2], type);

        assert_int_equal(total(plain, type), sum);
        assert_int_equal(total(even, type), sum);
    }
    for (size_t i = 0; i < 3; i++)
        profile_free(p[i]);
    profile_free(plain);
    profile_free(even);
}

static void one_stays_what_it_is(void **state)
{
    struct profile *p = make_profile(7, "aa", true);
    struct profile *once = merge_of(&p, NULL, 1, PROFILE_MERGE_PLAIN);

    (void)state;
    assert_int_equal(total(once, 0), total(p, 0));
    assert_int_equal(total(once, 1), total(p, 1));
    assert_int_equal(once->mapping_count, 2);
    assert_int_equal(once->mappings[0].start_ip, p->mappings[0].start_ip);
    assert_int_equal(once->time_ns, p->time_ns);
    assert_int_equal(once->duration_ns, p->duration_ns);
    assert_int_equal(once->comment_count, 2);
    assert_same(merge_of(&once, NULL, 1, PROFILE_MERGE_PLAIN), once);
    profile_free(p);
}

static void weights_are_repetition(void **state)
{
    struct profile *a = make_profile(1, "aa", true), *b = make_profile(2, "aa", true);
    struct profile *pair[] = {a, b}, *many[] = {a, b, a, a};
    struct profile *weighted = merge_of(pair, (uint64_t[]){3, 1}, 2, PROFILE_MERGE_PLAIN);
    struct profile *repeated = merge_of(many, NULL, 4, PROFILE_MERGE_PLAIN);

    (void)state;
    weighted->duration_ns = repeated->duration_ns; /* a weight is no time */
    assert_same(weighted, repeated);
    profile_free(a);
    profile_free(b);
}

/* The profile of the same code without names adds nothing but its counts. */
static void symbolized_form_wins(void **state)
{
    struct profile *p[] = {make_profile(5, "aa", false), make_profile(5, "aa", true)};
    struct profile *merged = merge_of(p, NULL, 2, PROFILE_MERGE_PLAIN);
    struct profile *named = merge_of(p + 1, NULL, 1, PROFILE_MERGE_PLAIN);

    (void)state;
    assert_int_equal(merged->sample_count, named->sample_count);
    for (size_t i = 0; i < merged->location_count; i++)
        assert_true(merged->locations[i].line_count > 0);
    for (size_t i = 0; i < FUNCTIONS; i++)
        assert_true(merged->functions[i].start_line > 0);
    for (size_t i = 0; i < 2; i++)
        profile_free(p[i]);
    profile_free(merged);
    profile_free(named);
}

static void builds_stay_apart(void **state)
{
    struct profile *p[] = {make_profile(1, "aa", true), make_profile(1, "bb", true)};
    struct profile *merged = merge_of(p, NULL, 2, PROFILE_MERGE_PLAIN);

    (void)state;
    assert_int_equal(merged->mapping_count, 3); /* the library is one */
    for (size_t i = 0; i < 2; i++)
        profile_free(p[i]);
    profile_free(merged);
}

static void overlapping_mappings_become_one(void **state)
{
    struct profile *p[] = {make_profile(1, "aa", true), make_profile(2, "aa", true)};
    struct profile *merged;

    (void)state;
    p[1]->mappings[0].pgoff += 0x1000; /* the same code, seen from a page further on */
    p[1]->mappings[0].start_ip += 0x1000;
    p[1]->mappings[0].limit_ip += 0x2000;
    merged = merge_of(p, NULL, 2, PROFILE_MERGE_PLAIN);
    assert_int_equal(merged->mapping_count, 2);
    assert_int_equal(merged->mappings[0].limit_ip - merged->mappings[0].start_ip, 0xa000);
    assert_int_equal(merged->mappings[0].pgoff, 0x1000);
    for (size_t i = 0; i < merged->location_count; i++) {
        const struct profile_location *location = &merged->locations[i];
        const struct profile_mapping *mapping = &merged->mappings[location->mapping];

        assert_in_range(location->ip - mapping->start_ip, 1, OFFSETS);
    }
    for (size_t i = 0; i < 2; i++)
        profile_free(p[i]);
    profile_free(merged);
}

static void other_types_are_refused(void **state)
{
    struct profile_merge *merge = profile_merge_new(PROFILE_MERGE_PLAIN);
    struct profile *a = make_profile(1, "aa", true), *b = profile_new();
    struct err err = {0};

    (void)state;
    profile_add_value_type(b, "space", "bytes");
    assert_true(profile_merge_add(merge, a, 1, &err));
    assert_false(profile_merge_add(merge, b, 1, &err));
    assert_int_equal(err.kind, ERR_MISMATCH);
    assert_non_null(strstr(err.message, "space/bytes"));
    assert_non_null(strstr(err.message, "samples/count, cpu/nanoseconds"));
    assert_int_equal(profile_merge_facts(merge)->profile_count, 1);
    profile_merge_free(merge);
    profile_free(a);
    profile_free(b);
}

static void huge_values_are_cut_off(void **state)
{
    struct profile *p = make_profile(1, "aa", true);
    struct profile *merged;

    (void)state;
    p->sample_count = 1;
    p->samples[0].values[0] = INT64_MAX;
    p->samples[0].values[1] = INT64_MIN;
    merged = merge_of((struct profile *[]){p, p}, (uint64_t[]){1000000, 7}, 2, PROFILE_MERGE_PLAIN);
    assert_int_equal(merged->samples[0].values[0], INT64_MAX);
    assert_int_equal(merged->samples[0].values[1], INT64_MIN);
    profile_free(merged);
    p->duration_ns = 1;
    profile_free(merge_of((struct profile *[]){p, p}, NULL, 2, PROFILE_MERGE_BY_DURATION));
    profile_free(p);
}

/* What is equal takes no more memory, however often it comes; a block of the arena is 64 KiB. */
static void memory_does_not_grow_with_inputs(void **state)
{
    struct profile_merge *merge = profile_merge_new(PROFILE_MERGE_PLAIN);
    struct profile *p = make_profile(1, "aa", true);
    struct arena_block *after_one = NULL;
    struct err err = {0};

    (void)state;
    for (int i = 0; i < 200; i++) {
        assert_true(profile_merge_add(merge, p, 1, &err));
        if (i == 0)
            after_one = merge->head->arena.blocks;
        assert_ptr_equal(merge->head->arena.blocks, after_one);
    }
    profile_merge_free(merge);
    profile_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(totals_stay),
        cmocka_unit_test(one_stays_what_it_is),
        cmocka_unit_test(weights_are_repetition),
        cmocka_unit_test(symbolized_form_wins),
        cmocka_unit_test(builds_stay_apart),
        cmocka_unit_test(overlapping_mappings_become_one),
        cmocka_unit_test(other_types_are_refused),
        cmocka_unit_test(huge_values_are_cut_off),
        cmocka_unit_test(memory_does_not_grow_with_inputs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
