/*
 * order.h - which build of a pair goes first: a toss for each pair, from a seed.
 *
 * Each toss is fair and knows nothing of the others. That alone makes the verdict's error hold on
 * any machine (docs/verdict.md); a plan that alternates would favour one build when the machine
 * has a rhythm of its own. The same seed gives the same order, on any machine.
 */
#ifndef BENCH_ORDER_H
#define BENCH_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#define ORDER_MAX_SEED UINT32_MAX /* short enough to be typed again */

struct order {
    uint64_t state;
};

void order_init(struct order *order, uint64_t seed);
bool order_toss(struct order *order);

/* A place in 0...count - 1. */
uint64_t order_below(struct order *order, uint64_t count);

#endif
