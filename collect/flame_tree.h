/*
 * flame_tree.h - stacks added up to a tree of frames: what a flame graph draws.
 *
 * Node 0 is the root and has no frame. Each node has, for two sides (a profile, and the one that it
 * is compared with), the weight of the stacks that end in it, and the line that most of the weight
 * went through. A frame is a function by name, source file and binary.
 *
 * Life cycle: `struct flame_tree tree = {0};`, flame_tree_add_*(), flame_tree_finish() once, read,
 * flame_tree_release(). Texts are copied. Weights add saturating. After finish() the nodes are in
 * `order`: the root, then depth first, children by weight, descending, then by name; so any order
 * of adding gives the same sequence. Depth is bounded by memory alone: nothing recurses.
 */
#ifndef COLLECT_FLAME_TREE_H
#define COLLECT_FLAME_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "base/byteset.h"

enum { FLAME_ROOT = 0, FLAME_SIDES = 2 };

struct flame_frame {
    const char *name, *file, *binary; /* "" is not known */
    uint64_t start_line;              /* of the function; 0 is not known */
};

struct flame_node {
    uint32_t parent, frame;      /* of the root: 0 */
    uint32_t depth;              /* of the root: 0 */
    uint64_t self[FLAME_SIDES];  /* of the stacks that end here */
    uint64_t total[FLAME_SIDES]; /* and those that go on; set by finish() */
    uint64_t line;               /* the heaviest; 0 is not known; set by finish() */
};

struct flame_tree {
    struct byteset frame_keys; /* of `frames`: its three texts */
    struct flame_frame *frames;
    size_t frame_count, frame_capacity;
    struct byteset node_keys; /* of nodes[1...]: parent and frame */
    struct flame_node *nodes;
    size_t node_count, node_capacity;
    struct byteset line_keys; /* of `line_weights`: node and line */
    uint64_t *line_weights;
    size_t line_count, line_capacity;
    uint32_t *order; /* of all nodes; set by finish() */
};

/* Each finds one or adds it. The start line of a frame is the smallest that is known. */
uint32_t flame_tree_add_frame(struct flame_tree *tree, const struct flame_frame *frame);
uint32_t flame_tree_add_node(struct flame_tree *tree, uint32_t parent, uint32_t frame);

/* The weight of a stack that ends in the node; and of one that goes through this line of it. */
void flame_tree_add_self(struct flame_tree *tree, uint32_t node, int side, uint64_t weight);
void flame_tree_add_line(struct flame_tree *tree, uint32_t node, uint64_t line, uint64_t weight);

void flame_tree_finish(struct flame_tree *tree);
void flame_tree_release(struct flame_tree *tree);

#endif
