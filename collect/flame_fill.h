/*
 * flame_fill.h - profiles to a flame_tree, with the labels that stacks can be grouped by.
 *
 * Add up to two sides, then flame_tree_finish(&fill->tree), read, flame_fill_release(). Of the
 * labels of a sample each key counts once, by its first value; a number is its text with its unit.
 * Nothing is dropped in silence: what cannot be drawn is counted here.
 */
#ifndef COLLECT_FLAME_FILL_H
#define COLLECT_FLAME_FILL_H

#include "flame_tree.h"
#include "profile/profile.h"
#include "profile/sampleprof.h"

/* A key of labels. Weights are by node and value; the stacks without the key are not here. */
struct flame_label {
    struct byteset values;
    struct byteset cells; /* of `weights`: struct flame_cell */
    uint64_t (*weights)[FLAME_SIDES];
    size_t weight_count, weight_capacity;
};

struct flame_cell {
    uint32_t node, value;
};

struct flame_fill {
    struct flame_tree tree;
    struct byteset keys; /* of `labels` */
    struct flame_label *labels;
    size_t label_count, label_capacity;
    uint64_t sample_count[FLAME_SIDES];
    uint64_t negative_count[FLAME_SIDES]; /* samples below zero (a difference): left out */
    uint64_t stackless[FLAME_SIDES];      /* the weight of samples without a stack */
    uint64_t nameless[FLAME_SIDES];       /* that of samples whose leaf has no function */
};

/* By value_types[value] of the profile. */
void flame_fill_profile(struct flame_fill *fill, int side, const struct profile *profile,
                        uint32_t value);

/* LLVM's form: functions with their inlined callees, by their counts. The tree is finished. */
void flame_fill_counts(struct flame_fill *fill, int side, const struct sampleprof *counts);

void flame_fill_release(struct flame_fill *fill);

#endif
