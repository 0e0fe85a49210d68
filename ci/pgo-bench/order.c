#include "pgo-bench/order.h"

/* One step of SplitMix64 (Steele, Lea and Flood 2014): seeds that are near lead far apart. */
static uint64_t next(struct order *order)
{
    uint64_t mixed = order->state += 0x9e3779b97f4a7c15u;

    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    return mixed ^ (mixed >> 31);
}

void order_init(struct order *order, uint64_t seed)
{
    *order = (struct order){.state = seed};
}

bool order_toss(struct order *order)
{
    return next(order) >> 63;
}

uint64_t order_below(struct order *order, uint64_t count)
{
    return (uint64_t)(((unsigned __int128)next(order) * count) >> 64);
}
