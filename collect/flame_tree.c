#include "flame_tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/strbuf.h"

/* Keys of byte sets: no padding. */
struct node_key {
    uint32_t parent, frame;
};

struct line_key {
    uint64_t node, line;
};

uint32_t flame_tree_add_frame(struct flame_tree *tree, const struct flame_frame *frame)
{
    struct strbuf key = {0};
    struct flame_frame *known;
    uint32_t id;

    strbuf_add(&key, frame->name, strlen(frame->name) + 1);
    strbuf_add(&key, frame->file, strlen(frame->file) + 1);
    strbuf_add(&key, frame->binary, strlen(frame->binary) + 1);
    id = byteset_add(&tree->frame_keys, key.data, key.len);
    strbuf_release(&key);
    if (id == tree->frame_count) {
        const char *name = byteset_at(&tree->frame_keys, id, NULL);
        const char *file = name + strlen(name) + 1;

        *ARRAY_PUSH(tree->frames, tree->frame_count, tree->frame_capacity) =
            (struct flame_frame){.name = name, .file = file, .binary = file + strlen(file) + 1};
    }
    known = &tree->frames[id];
    if (frame->start_line && (!known->start_line || frame->start_line < known->start_line))
        known->start_line = frame->start_line;
    return id;
}

static void add_root(struct flame_tree *tree)
{
    if (!tree->node_count)
        *ARRAY_PUSH(tree->nodes, tree->node_count, tree->node_capacity) = (struct flame_node){0};
}

uint32_t flame_tree_add_node(struct flame_tree *tree, uint32_t parent, uint32_t frame)
{
    struct node_key key = {parent, frame};
    uint32_t node;

    add_root(tree);
    node = byteset_add(&tree->node_keys, &key, sizeof(key)) + 1;
    if (node == tree->node_count) {
        uint32_t depth = tree->nodes[parent].depth + 1;

        *ARRAY_PUSH(tree->nodes, tree->node_count, tree->node_capacity) =
            (struct flame_node){.parent = parent, .frame = frame, .depth = depth};
    }
    return node;
}

void flame_tree_add_self(struct flame_tree *tree, uint32_t node, int side, uint64_t weight)
{
    add_root(tree);
    tree->nodes[node].self[side] = saturating_add(tree->nodes[node].self[side], weight);
}

void flame_tree_add_line(struct flame_tree *tree, uint32_t node, uint64_t line, uint64_t weight)
{
    struct line_key key = {node, line};
    uint32_t id;

    if (!line)
        return;
    id = byteset_add(&tree->line_keys, &key, sizeof(key));
    if (id == tree->line_count)
        *ARRAY_PUSH(tree->line_weights, tree->line_count, tree->line_capacity) = 0;
    tree->line_weights[id] = saturating_add(tree->line_weights[id], weight);
}

/* Children come after their parents in `nodes`, so one pass from the end adds them up. */
static void add_totals(struct flame_tree *tree)
{
    for (size_t i = tree->node_count; i-- > 0;) {
        struct flame_node *node = &tree->nodes[i], *parent = &tree->nodes[node->parent];

        for (int side = 0; side < FLAME_SIDES; side++) {
            node->total[side] = saturating_add(node->total[side], node->self[side]);
            if (i != FLAME_ROOT)
                parent->total[side] = saturating_add(parent->total[side], node->total[side]);
        }
    }
}

/* Of equal weights the first line stands, whatever the order of adding. */
static void find_lines(struct flame_tree *tree)
{
    uint64_t *best = mem_array(tree->node_count, sizeof(*best));

    for (size_t i = 0; i < tree->line_count; i++) {
        const struct line_key *key = byteset_at(&tree->line_keys, (uint32_t)i, NULL);
        struct flame_node *node = &tree->nodes[key->node];
        uint64_t weight = tree->line_weights[i];

        if (!node->line || weight > best[key->node] ||
            (weight == best[key->node] && key->line < node->line)) {
            node->line = key->line;
            best[key->node] = weight;
        }
    }
    free(best);
}

/* By parent, then as the header says. */
static int compare_nodes(const void *left, const void *right, void *context)
{
    const struct flame_tree *tree = context;
    const struct flame_node *a = &tree->nodes[*(const uint32_t *)left];
    const struct flame_node *b = &tree->nodes[*(const uint32_t *)right];
    uint64_t a_weight = saturating_add(a->total[0], a->total[1]);
    uint64_t b_weight = saturating_add(b->total[0], b->total[1]);
    const struct flame_frame *f = &tree->frames[a->frame], *g = &tree->frames[b->frame];
    int order;

    if (a->parent != b->parent)
        return a->parent < b->parent ? -1 : 1;
    if (a_weight != b_weight)
        return a_weight > b_weight ? -1 : 1;
    order = strcmp(f->name, g->name);
    if (!order)
        order = strcmp(f->file, g->file);
    return order ? order : strcmp(f->binary, g->binary);
}

/*
 * Sorted by parent, the children of node n are sorted[starts[n]...starts[n + 1]). A stack of those
 * that wait makes the order depth first.
 */
static void walk(struct flame_tree *tree, const uint32_t *sorted, const size_t *starts)
{
    uint32_t *waiting = mem_array(tree->node_count, sizeof(*waiting));
    size_t waiting_count = 1, count = 0;

    waiting[0] = FLAME_ROOT;
    while (waiting_count) {
        uint32_t node = waiting[--waiting_count];

        tree->order[count++] = node;
        for (size_t i = starts[node + 1]; i-- > starts[node];)
            waiting[waiting_count++] = sorted[i];
    }
    free(waiting);
}

static void sort_nodes(struct flame_tree *tree)
{
    size_t count = tree->node_count;
    uint32_t *sorted = mem_array(count, sizeof(*sorted));
    size_t *starts = mem_array(count + 1, sizeof(*starts));

    for (size_t i = 1; i < count; i++) {
        sorted[i - 1] = (uint32_t)i;
        starts[tree->nodes[i].parent + 1]++;
    }
    for (size_t i = 0; i < count; i++)
        starts[i + 1] += starts[i];
    qsort_r(sorted, count - 1, sizeof(*sorted), compare_nodes, tree);
    tree->order = mem_array(count, sizeof(*tree->order));
    walk(tree, sorted, starts);
    free(starts);
    free(sorted);
}

void flame_tree_finish(struct flame_tree *tree)
{
    add_root(tree);
    add_totals(tree);
    find_lines(tree);
    sort_nodes(tree);
}

void flame_tree_release(struct flame_tree *tree)
{
    byteset_release(&tree->frame_keys);
    byteset_release(&tree->node_keys);
    byteset_release(&tree->line_keys);
    free(tree->frames);
    free(tree->nodes);
    free(tree->line_weights);
    free(tree->order);
    *tree = (struct flame_tree){0};
}
