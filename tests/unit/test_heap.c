/* The heap profile's sampling: its mathematics, the tables of sites and blocks. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <pthread.h>
#include <string.h>

#include "base/compiler.h"
#include "../../collect/libpgocollect_heap/blocks.h"
#include "../../collect/libpgocollect_heap/distance.h"
#include "../../collect/libpgocollect_heap/early.h"
#include "../../collect/libpgocollect_heap/sampler.h"
#include "../../collect/libpgocollect_heap/sites.h"

#define INTERVAL 4096

/* By the definition, beside distance.c's own form of it. */
static double probability(double size, double interval)
{
    return 1 - exp(-size / interval);
}

static void a_weight_is_the_inverse_of_the_probability(void **state)
{
    const size_t sizes[] = {1, 16, 100, INTERVAL, 10 * INTERVAL, 100 * INTERVAL, (size_t)1 << 50};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        struct distance_weight weight = distance_weight(sizes[i], INTERVAL);
        double scale = 1 / probability((double)sizes[i], INTERVAL);

        assert_true(fabs((double)weight.objects / (double)HEAP_OBJECT_UNIT / scale - 1) < 1e-4);
        assert_true(fabs((double)weight.bytes / (double)sizes[i] / scale - 1) < 1e-2);
    }
    assert_int_equal(distance_weight(7, 1).objects, HEAP_OBJECT_UNIT);
    assert_int_equal(distance_weight(7, 1).bytes, 7);
}

static void distances_have_the_interval_as_mean(void **state)
{
    const unsigned count = 1000000;
    uint64_t random = distance_seed(1, 1);
    double sum = 0, beyond = 0;

    (void)state;
    for (unsigned i = 0; i < count; i++) {
        uint64_t distance = distance_draw(&random, INTERVAL);

        assert_true(distance >= 1);
        sum += (double)distance;
        beyond += distance > INTERVAL;
    }
    assert_true(fabs(sum / count / INTERVAL - 1) < 0.005);
    assert_true(fabs(beyond / count - exp(-1)) < 0.003); /* and are exponential */
}

static void seeds_and_ordinals_give_other_numbers(void **state)
{
    (void)state;
    assert_int_equal(distance_seed(1, 2), distance_seed(1, 2));
    assert_int_not_equal(distance_seed(1, 2), distance_seed(1, 3));
    assert_int_not_equal(distance_seed(1, 2), distance_seed(2, 2));
}

/* Sums over all sites. */
static struct heap_site read_total(void)
{
    struct heap_site total = {0}, site;
    size_t position = 0;

    while (sites_next(&position, &site)) {
        total.alloc_objects += site.alloc_objects;
        total.alloc_bytes += site.alloc_bytes;
        total.free_objects += site.free_objects;
        total.free_bytes += site.free_bytes;
    }
    return total;
}

/* As malloc() and free() do it, with addresses that nothing lies at. */
static void allocate(uintptr_t address, size_t size)
{
    if (sampler_is_due(size))
        sampler_take((const void *)address, size, (uintptr_t)__builtin_return_address(0));
}

static void release(uintptr_t address)
{
    struct block taken;

    if (sampler_may_know((const void *)address))
        sampler_forget((const void *)address, &taken);
}

/* `count` blocks of one size: objects and bytes within five standard deviations. */
static void check_estimate(size_t size, unsigned count)
{
    struct heap_site before = read_total(), after;
    double p = probability((double)size, INTERVAL), objects, bytes;
    double bound = 5 * sqrt(count * (1 - p) / p) + 1;

    for (unsigned i = 0; i < count; i++)
        allocate((uintptr_t)0x100000 + i * (uintptr_t)4096, size);
    after = read_total();
    objects = (double)(after.alloc_objects - before.alloc_objects) / (double)HEAP_OBJECT_UNIT;
    bytes = (double)(after.alloc_bytes - before.alloc_bytes);
    assert_true(fabs(objects - count) <= bound);
    assert_true(fabs(bytes / (double)size - count) <= bound + count * 0.01);
    for (unsigned i = 0; i < count; i++)
        release((uintptr_t)0x100000 + i * (uintptr_t)4096);
}

static void estimates_are_right_in_the_mean(void **state)
{
    struct heap_site total;

    (void)state;
    sampler_set_seed(1);
    sampler_set_interval(INTERVAL);
    check_estimate(1, 2000000);
    check_estimate(16, 1000000);
    check_estimate(100, 200000);
    check_estimate(INTERVAL, 20000);
    check_estimate(5 * INTERVAL, 1000);
    check_estimate(1000 * INTERVAL, 100);
    total = read_total();
    assert_int_equal(total.alloc_objects, total.free_objects); /* to the last part of one */
    assert_int_equal(total.alloc_bytes, total.free_bytes);
    assert_int_equal(sampler_read_stats().block_count, 0);
}

static void each_is_sampled_at_interval_1(void **state)
{
    struct heap_site before = read_total(), after;

    (void)state;
    sampler_set_interval(1);
    allocate(0x5000, 1 << 20); /* the thread takes notice when its distance is over */
    release(0x5000);
    before = read_total();
    for (uintptr_t i = 1; i <= 1000; i++)
        allocate(i * 64, 3);
    allocate(0x900000, 0);
    after = read_total();
    assert_int_equal(after.alloc_objects - before.alloc_objects, 1000 * HEAP_OBJECT_UNIT);
    assert_int_equal(after.alloc_bytes - before.alloc_bytes, 3000);
    allocate(64, 5); /* it was freed unseen: not twice in use */
    assert_int_equal(sampler_read_stats().block_count, 1000);
    for (uintptr_t i = 1; i <= 1000; i++)
        release(i * 64);
    assert_int_equal(sampler_read_stats().block_count, 0);
}

static void off_means_none(void **state)
{
    uint64_t count = sampler_read_stats().sample_count;

    (void)state;
    sampler_set_interval(0);
    for (uintptr_t i = 1; i <= 100; i++)
        allocate(i * 64, 1 << 22);
    assert_int_equal(sampler_read_stats().sample_count, count);
}

static void blocks_are_found_until_taken(void **state)
{
    struct block block = {.site = 1}, found;
    unsigned kept = 0, lost = 0;

    (void)state;
    assert_true(blocks_open());
    assert_false(blocks_take(NULL, &found));
    for (uintptr_t i = 1; i <= 150000; i++) { /* more than there is room for */
        block.weight.bytes = i;
        *(blocks_add((void *)(i * 48), &block) ? &kept : &lost) += 1;
        if (i == 115000) /* of 131,072 */
            assert_int_equal(lost, 0);
    }
    assert_true(kept >= 115000 && lost > 150000 - (1 << 17) - 1);
    for (uintptr_t i = 1; i <= 150000; i++)
        if (blocks_may_hold((void *)(i * 48)) && blocks_take((void *)(i * 48), &found)) {
            assert_int_equal(found.weight.bytes, i);
            kept--;
        }
    assert_int_equal(kept, 0);
    assert_false(blocks_may_hold((void *)48));
}

static void stacks_without_room_are_site_0(void **state)
{
    uintptr_t ips[SITES_IPS_MAX] = {0};
    uint32_t first;
    unsigned lost = 0;

    (void)state;
    assert_true(sites_open());
    ips[0] = 0x1234;
    first = sites_find(ips, SITES_IPS_MAX);
    assert_int_not_equal(first, 0);
    assert_int_not_equal(sites_find(ips, SITES_IPS_MAX - 1), first);
    for (uintptr_t i = 0; i < 100000; i++) {
        ips[1] = i + 1;
        lost += sites_find(ips, SITES_IPS_MAX) == 0;
    }
    assert_true(lost > 50000);
    ips[1] = 0;
    assert_int_equal(sites_find(ips, SITES_IPS_MAX), first);
}

static void *allocate_and_pass_on(void *data)
{
    uintptr_t base = (uintptr_t)data;

    for (uintptr_t i = 1; i <= 20000; i++)
        allocate(base + i * 64, 64);
    return NULL;
}

static void threads_share_the_tables(void **state)
{
    pthread_t ids[4];

    (void)state;
    sampler_set_interval(64);
    for (uintptr_t t = 0; t < ARRAY_SIZE(ids); t++)
        assert_int_equal(
            pthread_create(&ids[t], NULL, allocate_and_pass_on, (void *)((t + 1) << 24)), 0);
    for (size_t t = 0; t < ARRAY_SIZE(ids); t++)
        pthread_join(ids[t], NULL);
    for (uintptr_t t = 0; t < ARRAY_SIZE(ids); t++)
        for (uintptr_t i = 1; i <= 20000; i++)
            release(((t + 1) << 24) + i * 64);
    assert_int_equal(sampler_read_stats().block_count, 0);
    assert_int_equal(read_total().alloc_objects, read_total().free_objects);
    sampler_set_interval(0);
}

static void early_blocks_are_told_apart(void **state)
{
    unsigned char *block = early_allocate(24), *other = early_allocate(1), outside;

    (void)state;
    assert_true(early_is_block(block) && early_is_block(other) && !early_is_block(&outside));
    assert_int_equal((uintptr_t)other % 16, 0);
    assert_int_equal(early_size(block), 24);
    assert_int_equal(block[23], 0);
    assert_null(early_allocate(1 << 20));
    assert_null(early_allocate(SIZE_MAX));
    early_mark_pages();
    assert_true(blocks_may_hold(block));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_weight_is_the_inverse_of_the_probability),
        cmocka_unit_test(distances_have_the_interval_as_mean),
        cmocka_unit_test(seeds_and_ordinals_give_other_numbers),
        cmocka_unit_test(estimates_are_right_in_the_mean),
        cmocka_unit_test(each_is_sampled_at_interval_1),
        cmocka_unit_test(off_means_none),
        cmocka_unit_test(threads_share_the_tables),
        cmocka_unit_test(blocks_are_found_until_taken),
        cmocka_unit_test(stacks_without_room_are_site_0),
        cmocka_unit_test(early_blocks_are_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
