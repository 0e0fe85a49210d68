/* Function symbols: in order, not overlapping, nothing lost; whatever the table says. */
#include "binary/symbols.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void check(const struct image_symbol *in, size_t in_count, const struct image_symbol *out,
                  size_t out_count)
{
    struct symbols symbols = {0};

    for (size_t i = in_count; i-- > 0;)
        symbols_add(&symbols, &in[i]);
    symbols_order(&symbols);
    assert_int_equal(symbols.count, out_count);
    for (size_t i = 0; i < out_count; i++) {
        assert_int_equal(symbols.items[i].start_vaddr, out[i].start_vaddr);
        assert_int_equal(symbols.items[i].end_vaddr, out[i].end_vaddr);
        assert_string_equal(symbols.items[i].name, out[i].name);
        assert_int_equal(symbols.items[i].is_tail, out[i].is_tail);
        assert_ptr_equal(symbols_find(&symbols, out[i].start_vaddr), &symbols.items[i]);
        assert_ptr_equal(symbols_find(&symbols, out[i].end_vaddr - 1), &symbols.items[i]);
    }
    assert_null(symbols_find(&symbols, 0));
    assert_null(symbols_find(&symbols, UINT64_MAX));
    symbols_release(&symbols);
}

#define LIST(...) ((const struct image_symbol[]){__VA_ARGS__})
#define CHECK(in, out)                                                                             \
    check(in, sizeof(in) / sizeof(struct image_symbol), out,                                       \
          sizeof(out) / sizeof(struct image_symbol))

static void test_order_and_aliases(void **state)
{
    (void)state;
    check(NULL, 0, NULL, 0);
    CHECK(LIST({1, 5, "b", false, false}, {10, 20, "a", false, false}),
          LIST({1, 5, "b", false, false}, {10, 20, "a", false, false}));
    /* the longest, then the first by name */
    CHECK(
        LIST({10, 15, "a", false, false}, {10, 20, "z", false, false}, {10, 20, "b", false, false}),
        LIST({10, 20, "b", false, false}));
}

static void test_symbols_in_symbols(void **state)
{
    (void)state;
    CHECK(LIST({10, 100, "outer", false, false}, {40, 60, "inner", false, false}),
          LIST({10, 40, "outer", false, false}, {40, 60, "inner", false, false},
               {60, 100, "outer", false, true}));
    /* two levels, two neighbours, and one that ends with the outer one */
    CHECK(LIST({10, 100, "a", false, false}, {20, 50, "b", false, false},
               {30, 40, "c", false, false}, {50, 60, "d", false, false},
               {90, 100, "e", false, false}),
          LIST({10, 20, "a", false, false}, {20, 30, "b", false, false},
               {30, 40, "c", false, false}, {40, 50, "b", false, true}, {50, 60, "d", false, false},
               {60, 90, "a", false, true}, {90, 100, "e", false, false}));
    /* one that begins in another and ends behind it */
    CHECK(LIST({10, 50, "a", false, false}, {40, 60, "b", false, false}),
          LIST({10, 40, "a", false, false}, {40, 60, "b", false, false}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_and_aliases),
        cmocka_unit_test(test_symbols_in_symbols),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
