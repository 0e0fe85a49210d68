/* The tree of a flame graph: weights in are weights out, any order of adding gives the same page.
 */
#include "../../collect/flame.h"
#include "../../collect/flame_bytes.h"
#include "../../collect/flame_fill.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "profile/sampleprof_read.h"

static uint32_t add_named(struct flame_tree *tree, uint32_t parent, const char *name)
{
    struct flame_frame frame = {.name = name, .file = "f.c", .binary = "app"};

    return flame_tree_add_node(tree, parent, flame_tree_add_frame(tree, &frame));
}

/* The names of the nodes in order, each with its depth and totals. */
static void describe(const struct flame_tree *tree, struct strbuf *out)
{
    for (size_t i = 1; i < tree->node_count; i++) {
        const struct flame_node *node = &tree->nodes[tree->order[i]];

        strbuf_add_format(out, "%u %s %llu %llu\n", node->depth, tree->frames[node->frame].name,
                          (unsigned long long)node->total[0], (unsigned long long)node->total[1]);
    }
}

static void expect_tree(const struct flame_tree *tree, const char *expected)
{
    struct strbuf out = {0};

    describe(tree, &out);
    assert_string_equal(strbuf_text(&out), expected);
    strbuf_release(&out);
}

static void test_order(void **state)
{
    struct flame_tree tree = {0};
    uint32_t main_node, b;

    (void)state;
    main_node = add_named(&tree, FLAME_ROOT, "main");
    flame_tree_add_self(&tree, add_named(&tree, main_node, "c"), 0, 3);
    flame_tree_add_self(&tree, add_named(&tree, main_node, "a"), 0, 3);
    b = add_named(&tree, main_node, "b");
    flame_tree_add_self(&tree, b, 1, 1);
    flame_tree_add_self(&tree, add_named(&tree, b, "b"), 0, 4);
    flame_tree_add_self(&tree, add_named(&tree, b, "b"), 0, 1);
    flame_tree_finish(&tree);
    expect_tree(&tree, "1 main 11 1\n2 b 5 1\n3 b 5 0\n2 a 3 0\n2 c 3 0\n");
    assert_int_equal(tree.nodes[FLAME_ROOT].total[0], 11);
    flame_tree_release(&tree);
}

static void test_lines(void **state)
{
    struct flame_tree tree = {0};
    uint32_t node;

    (void)state;
    node = add_named(&tree, FLAME_ROOT, "main");
    flame_tree_add_line(&tree, node, 9, 2);
    flame_tree_add_line(&tree, node, 7, 1);
    flame_tree_add_line(&tree, node, 7, 1);
    flame_tree_add_line(&tree, node, 0, 5);
    flame_tree_finish(&tree);
    assert_int_equal(tree.nodes[node].line, 7);
    flame_tree_release(&tree);
}

/* As deep as it gets, without recursion; weights saturate. */
static void test_deep(void **state)
{
    enum { DEPTH = 200000 };
    struct flame_tree tree = {0};
    uint32_t node = FLAME_ROOT;

    (void)state;
    for (int i = 0; i < DEPTH; i++)
        node = add_named(&tree, node, "f");
    flame_tree_add_self(&tree, node, 0, UINT64_MAX);
    flame_tree_add_self(&tree, node, 0, 1);
    flame_tree_finish(&tree);
    assert_int_equal(tree.node_count, DEPTH + 1);
    assert_true(tree.nodes[FLAME_ROOT].total[0] == UINT64_MAX);
    assert_int_equal(tree.order[DEPTH], node);
    flame_tree_release(&tree);
}

static void test_empty(void **state)
{
    struct flame_tree tree = {0};

    (void)state;
    flame_tree_finish(&tree);
    assert_int_equal(tree.node_count, 1);
    flame_tree_release(&tree);
}

/* A profile of two functions, one inlined into the other, and samples in this order. */
static struct profile *make_profile(const int64_t *weights, size_t count, bool is_reversed)
{
    struct profile *profile = profile_new();
    struct profile_function functions[] = {{"main", "main", "m.c", 1}, {"in", "in", "i.c", 5}};
    struct profile_line lines[] = {{1, 6}, {0, 2}};
    struct profile_location location = {
        .mapping = PROFILE_NONE, .ip = 16, .lines = lines, .line_count = 2};
    struct profile_location nameless = {.mapping = PROFILE_NONE, .ip = 32};
    uint32_t stacks[2];

    profile_add_value_type(profile, "samples", "count");
    profile_add_function(profile, &functions[0]);
    profile_add_function(profile, &functions[1]);
    location.lines = arena_memdup(&profile->arena, lines, sizeof(lines));
    stacks[0] = profile_add_location(profile, &location);
    stacks[1] = profile_add_location(profile, &nameless);
    for (size_t i = 0; i < count; i++) {
        size_t at = is_reversed ? count - 1 - i : i;

        profile_add_sample(profile, &stacks[at % 2], 1)->values[0] = weights[at];
    }
    return profile;
}

static void test_profile(void **state)
{
    const int64_t weights[] = {4, 2, -1, 0, 3};
    struct profile *profile = make_profile(weights, 5, false);
    struct flame_fill fill = {0};

    (void)state;
    flame_fill_profile(&fill, 0, profile, 0);
    flame_tree_finish(&fill.tree);
    expect_tree(&fill.tree, "1 main 7 0\n2 in 7 0\n1 [unknown] 2 0\n");
    assert_int_equal(fill.negative_count[0], 1);
    assert_int_equal(fill.nameless[0], 2);
    assert_int_equal(fill.sample_count[0], 5);
    flame_fill_release(&fill);
    profile_free(profile);
}

static void test_any_order(void **state)
{
    const int64_t weights[] = {1, 2, 3, 4, 5, 6};
    struct profile *one = make_profile(weights, 6, false), *other = make_profile(weights, 6, true);
    struct flame_input input = {.shown = {.name = "p", .profile = one}};
    struct strbuf page = {0}, again = {0};

    (void)state;
    flame_write(&input, &page);
    input.shown.profile = other;
    flame_write(&input, &again);
    assert_string_equal(strbuf_text(&page), strbuf_text(&again));
    strbuf_release(&page);
    strbuf_release(&again);
    profile_free(one);
    profile_free(other);
}

static void test_counts(void **state)
{
    static const char text[] = "main:9:1\n 1: 4\n 2: in:5\n  1: 5\n";
    struct err err = {0};
    struct sampleprof *counts = sampleprof_read_text(text, strlen(text), &err);
    struct flame_fill fill = {0};

    (void)state;
    assert_non_null(counts);
    flame_fill_counts(&fill, 1, counts);
    flame_tree_finish(&fill.tree);
    expect_tree(&fill.tree, "1 main 0 9\n2 in 0 5\n");
    flame_fill_release(&fill);
    sampleprof_free(counts);
}

static void test_numbers(void **state)
{
    struct strbuf bytes = {0}, out = {0};

    (void)state;
    flame_bytes_add_number(&bytes, 0);
    flame_bytes_add_number(&bytes, 300);
    flame_bytes_add_number(&bytes, UINT64_MAX);
    assert_int_equal(bytes.len, 1 + 2 + 10);
    assert_memory_equal(bytes.data, "\0\xac\x02\xff", 4);
    flame_bytes_add_base64(&out, &bytes);
    assert_string_equal(strbuf_text(&out), "\"AKwC////////////AQ==\"");
    strbuf_release(&bytes);
    strbuf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),   cmocka_unit_test(test_lines),
        cmocka_unit_test(test_deep),    cmocka_unit_test(test_empty),
        cmocka_unit_test(test_profile), cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_counts),  cmocka_unit_test(test_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
