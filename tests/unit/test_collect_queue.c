/* Records of two rings leave the queue in the order of time, none lost, memory bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "../../collect/queue.h"

static void add(struct queue *queue, uint64_t time_ns)
{
    queue_add(queue, time_ns, &time_ns, sizeof(time_ns));
}

static bool take(struct queue *queue, uint64_t *time_ns)
{
    const void *record;
    size_t len;

    if (!queue_next(queue, &record, &len))
        return false;
    assert_int_equal(len, sizeof(*time_ns));
    memcpy(time_ns, record, len);
    return true;
}

static void expect(struct queue *queue, const uint64_t *times, size_t count)
{
    uint64_t time_ns;

    for (size_t i = 0; i < count; i++) {
        assert_true(take(queue, &time_ns));
        assert_int_equal(time_ns, times[i]);
    }
    assert_false(take(queue, &time_ns));
}

/* What the newest of one round leaves open is answered by the next. */
static void test_late_record(void **state)
{
    struct queue queue = {0};

    (void)state;
    add(&queue, 10);
    add(&queue, 30);
    queue_end_round(&queue);
    expect(&queue, NULL, 0);
    add(&queue, 20); /* written to its ring after 30 was to another */
    add(&queue, 40);
    queue_end_round(&queue);
    expect(&queue, (const uint64_t[]){10, 20, 30}, 3);
    queue_end(&queue);
    expect(&queue, (const uint64_t[]){40}, 1);
    queue_release(&queue);
}

/* The order of arrival decides between equal stamps: a fork before the child's first sample. */
static void test_equal_stamps(void **state)
{
    struct queue queue = {0};
    const void *record;
    size_t len;

    (void)state;
    for (uint64_t i = 0; i < 100; i++)
        queue_add(&queue, 5, &i, sizeof(i));
    queue_end(&queue);
    for (uint64_t i = 0; i < 100; i++) {
        assert_true(queue_next(&queue, &record, &len));
        assert_memory_equal(record, &i, sizeof(i));
    }
    assert_false(queue_next(&queue, &record, &len));
    queue_release(&queue);
}

enum { ROUNDS = 200, A_ROUND = 50 };

static void test_rounds(void **state)
{
    struct queue queue = {0};
    uint64_t last = 0, time_ns;
    size_t count = 0;

    (void)state;
    srand(1);
    for (uint64_t round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < A_ROUND; i++)
            add(&queue, 1000 + round * 100 + (uint64_t)(rand() % 100));
        queue_end_round(&queue);
        for (; take(&queue, &time_ns); count++, last = time_ns)
            assert_true(time_ns >= last);
        assert_true(queue.count <= 2 * A_ROUND);
        assert_true(queue.bytes.len == queue.count * sizeof(time_ns));
    }
    queue_end(&queue);
    for (; take(&queue, &time_ns); count++, last = time_ns)
        assert_true(time_ns >= last);
    assert_int_equal(count, ROUNDS * A_ROUND);
    queue_release(&queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_late_record),
        cmocka_unit_test(test_equal_stamps),
        cmocka_unit_test(test_rounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
