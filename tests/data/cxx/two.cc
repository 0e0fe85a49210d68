#include "shared.h"

/* The name of one.cc's, and a function of its own. */
static __attribute__((noinline)) int local(int x)
{
    return mixed(x) - 1;
}

__attribute__((noinline)) int same_code_two(int x)
{
    return x * 17 + (x >> 3);
}

int other_unit(int x)
{
    Window<double> doubles;
    Window<int> ints;

    for (int i = 0; i < 10; i++) {
        doubles.add(i * 0.5);
        ints.add(mixed(i));
    }
    return (int)doubles.sum() + ints.sum() + local(x);
}
