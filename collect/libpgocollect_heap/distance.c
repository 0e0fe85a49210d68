#include "distance.h"

#include <math.h>

#include "../heap_source.h"

/* Beyond this many intervals an allocation is always sampled; and no exp() underflows, which a
 * program may have made a trap. */
#define CERTAIN 40

static uint64_t next_random(uint64_t *state)
{
    uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64, by Steele et al. (2014) */

    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

uint64_t distance_seed(uint64_t seed, uint64_t ordinal)
{
    uint64_t state = seed, other = ordinal;

    return next_random(&state) ^ next_random(&other);
}

uint64_t distance_draw(uint64_t *random, uint64_t interval)
{
    double uniform = (double)((next_random(random) >> 11) + 1) * 0x1p-53; /* in (0, 1] */

    return (uint64_t)(-log(uniform) * (double)interval) + 1;
}

struct distance_weight distance_weight(size_t size, uint64_t interval)
{
    double intervals = (double)size / (double)interval, scale = 1;

    if (interval > 1 && intervals < CERTAIN)
        scale = -1 / expm1(-intervals);
    return (struct distance_weight){(uint64_t)llround(scale * (double)HEAP_OBJECT_UNIT),
                                    (uint64_t)llround(scale * (double)size)};
}
