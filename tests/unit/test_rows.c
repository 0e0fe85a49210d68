/* The cache of unwind rows: blocks, addresses, growth, forgetting, and a reader at the same time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>

#include "../../collect/libpgocollect/rows.h"

enum { BASE = 0x400000 };

static struct unwind_row row_of(uintptr_t at)
{
    return (struct unwind_row){.kind = ROW_SP, .cfa_offset = (int32_t)(at * 8)};
}

static bool has(const struct row_table *rows, uintptr_t at, uintptr_t named)
{
    struct unwind_row row = row_table_find(rows, at);

    return row.kind == ROW_SP && row.cfa_offset == row_of(named).cfa_offset;
}

static bool is_missing(const struct row_table *rows, uintptr_t at)
{
    return row_table_find(rows, at).kind == ROW_NONE;
}

static void test_block_and_address(void **state)
{
    struct row_table *rows = row_table_new(4096);

    (void)state;
    assert_true(is_missing(rows, BASE));
    /* From the middle of one block to the middle of the third: only the second is whole. */
    assert_true(row_table_add(rows, BASE + 70, row_of(1), BASE + 32, BASE + 160));
    assert_true(has(rows, BASE + 64, 1) && has(rows, BASE + 127, 1));
    assert_true(is_missing(rows, BASE + 63) && is_missing(rows, BASE + 128));
    assert_true(row_table_add(rows, BASE + 40, row_of(1), BASE + 32, BASE + 160));
    assert_true(has(rows, BASE + 40, 1));
    assert_true(is_missing(rows, BASE + 41) && is_missing(rows, BASE + 39));
    row_table_free(rows);
}

static bool add_block(struct row_table *rows, uintptr_t i)
{
    return row_table_add(rows, BASE + i * 64, row_of(i), BASE + i * 64, BASE + (i + 1) * 64);
}

/* A row that holds for long is there for all that is near, whole blocks only. */
static void test_near_blocks(void **state)
{
    struct row_table *rows = row_table_new(4096);

    (void)state;
    assert_true(row_table_add(rows, BASE + 500, row_of(1), BASE + 100, BASE + 900));
    assert_true(has(rows, BASE + 128, 1) && has(rows, BASE + 895, 1));
    assert_true(is_missing(rows, BASE + 127) && is_missing(rows, BASE + 896));
    assert_true(row_table_add(rows, BASE + 0x100000, row_of(2), 0, UINTPTR_MAX));
    assert_true(has(rows, BASE + 0x100000 + 1024, 2) && has(rows, BASE + 0x100000 - 1024, 2));
    assert_true(row_table_size(rows).entries < 100);
    row_table_free(rows);
}

static void test_forget(void **state)
{
    struct row_table *rows = row_table_new(4096);

    (void)state;
    for (uintptr_t at = BASE; at < BASE + 640; at += 64)
        assert_true(row_table_add(rows, at, row_of(at), at, at + 64));
    assert_true(row_table_add(rows, BASE + 645, row_of(2), BASE + 645, BASE + 646));
    row_table_forget(rows, BASE + 100, BASE + 300);
    assert_true(has(rows, BASE + 63, BASE));
    assert_true(is_missing(rows, BASE + 64) && is_missing(rows, BASE + 300));
    assert_true(has(rows, BASE + 320, BASE + 320) && has(rows, BASE + 645, 2));
    row_table_forget(rows, BASE + 645, BASE + 646);
    assert_true(is_missing(rows, BASE + 645));
    assert_true(row_table_add(rows, BASE + 64, row_of(3), BASE + 64, BASE + 128));
    assert_true(has(rows, BASE + 64, 3));
    row_table_free(rows);
}

static void test_nowhere_lasts_an_epoch(void **state)
{
    struct row_table *rows = row_table_new(4096);

    (void)state;
    row_table_add_nowhere(rows, BASE + 5);
    assert_int_equal(row_table_find(rows, BASE + 5).kind, ROW_NOWHERE);
    row_table_next_epoch(rows);
    assert_true(is_missing(rows, BASE + 5));
    row_table_add_nowhere(rows, BASE + 5);
    assert_int_equal(row_table_find(rows, BASE + 5).kind, ROW_NOWHERE);
    assert_true(row_table_add(rows, BASE + 5, row_of(1), BASE, BASE + 64)); /* made since */
    assert_true(has(rows, BASE + 5, 1));
    row_table_free(rows);
}

static void test_growth_keeps_all_up_to_the_bound(void **state)
{
    enum { COUNT = 3000, MAX_SLOTS = 8192 };
    struct row_table *rows = row_table_new(MAX_SLOTS);
    size_t found = 0;

    (void)state;
    for (uintptr_t i = 0; i < COUNT; i++)
        assert_true(add_block(rows, i));
    for (uintptr_t i = 0; i < COUNT; i++)
        assert_true(has(rows, BASE + i * 64, i));
    for (uintptr_t i = COUNT; i < 10 * COUNT; i++) {
        assert_true(add_block(rows, i));
        assert_true(has(rows, BASE + i * 64, i));
    }
    for (uintptr_t i = 0; i < 10 * COUNT; i++)
        found += has(rows, BASE + i * 64, i);
    assert_in_range(found, 1, MAX_SLOTS / 2);
    assert_true(row_table_size(rows).bytes <= 2 * MAX_SLOTS * 16);
    row_table_free(rows);
}

struct race {
    struct row_table *rows;
    atomic_bool is_over;
    size_t wrong, found;
};

enum { RACE_BLOCKS = 20000 };

/* Each address has one right row, whatever the writer is doing. */
static void *read_all(void *context)
{
    struct race *race = context;

    while (!atomic_load(&race->is_over))
        for (uintptr_t i = 0; i < RACE_BLOCKS; i++) {
            struct unwind_row row = row_table_find(race->rows, BASE + i * 64);

            race->found += row.kind != ROW_NONE;
            race->wrong += row.kind != ROW_NONE && row.cfa_offset != row_of(i).cfa_offset;
        }
    return NULL;
}

static void test_reader_beside_the_writer(void **state)
{
    struct race race = {.rows = row_table_new(8192)};
    pthread_t reader;

    (void)state;
    assert_int_equal(pthread_create(&reader, NULL, read_all, &race), 0);
    for (int round = 0; round < 20; round++)
        for (uintptr_t i = 0; i < RACE_BLOCKS; i++) {
            assert_true(add_block(race.rows, i));
            if (i % 5000 == 0)
                row_table_forget(race.rows, BASE, BASE + i * 32);
        }
    atomic_store(&race.is_over, true);
    pthread_join(reader, NULL);
    assert_int_equal(race.wrong, 0);
    row_table_free(race.rows);
}

/* More addresses than it holds; then some of them lead elsewhere, or nowhere. */
static void test_memo_follows_its_table(void **state)
{
    struct row_table *rows = row_table_new(4096);
    struct row_memo memo = {0};
    struct row_view view = {rows, &memo};

    (void)state;
    for (uintptr_t at = BASE; at < BASE + 64 * 200; at += 64)
        assert_true(row_table_add(rows, at, row_of(at), at, at + 64));
    row_view_begin(view);
    for (int round = 0; round < 3; round++)
        for (uintptr_t at = BASE + 5; at < BASE + 64 * 200; at += 64)
            assert_int_equal(row_view_find(view, at).cfa_offset, row_of(at - 5).cfa_offset);
    row_table_forget(rows, BASE + 64 * 199, BASE + 64 * 200);
    row_view_begin(view);
    assert_int_equal(row_view_find(view, BASE + 64 * 199 + 5).kind, ROW_NONE);
    assert_true(row_table_add(rows, BASE + 64 * 199, row_of(7), BASE + 64 * 199, BASE + 64 * 200));
    assert_int_equal(row_view_find(view, BASE + 64 * 199 + 5).cfa_offset, row_of(7).cfa_offset);
    assert_int_equal(row_view_find(view, BASE + 64 * 198).cfa_offset,
                     row_of(BASE + 64 * 198).cfa_offset);
    row_table_add_nowhere(rows, BASE * 2);
    assert_int_equal(row_view_find(view, BASE * 2).kind, ROW_NOWHERE);
    row_table_next_epoch(rows);
    assert_int_equal(row_view_find(view, BASE * 2).kind, ROW_NONE);
    row_table_free(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_block_and_address),
        cmocka_unit_test(test_near_blocks),
        cmocka_unit_test(test_forget),
        cmocka_unit_test(test_nowhere_lasts_an_epoch),
        cmocka_unit_test(test_growth_keeps_all_up_to_the_bound),
        cmocka_unit_test(test_reader_beside_the_writer),
        cmocka_unit_test(test_memo_follows_its_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
