/* A loop with an inlined callee and a rare branch: what pgo-convert's tests sample. */
#include <stdio.h>

static unsigned table[64];

static inline unsigned mix(unsigned x)
{
    return (x * 1664525u + 1013904223u) ^ (x >> 7);
}

__attribute__((noinline)) static void rare(unsigned x)
{
    table[x % 64] += x;
}

__attribute__((noinline)) unsigned hot(unsigned n)
{
    unsigned x = n;

    for (unsigned i = 0; i < n; i++) {
        x = mix(x);
        if (x % 1024 == 7)
            rare(x);
    }
    return x;
}

int main(void)
{
    printf("%u\n", hot(1000) + table[3]);
    return 0;
}
