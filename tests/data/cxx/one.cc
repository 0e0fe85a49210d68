#include "shared.h"

namespace {
struct Counter {
    int hits = 0;
    __attribute__((noinline)) int take(int x)
    {
        hits += x & 1;
        return hits;
    }
};

__attribute__((noinline)) int hidden(int x)
{
    return mixed(x) ^ 0x55;
}
} // namespace

static __attribute__((noinline)) int local(int x)
{
    return hidden(x) + hidden(x + 1);
}

/* The rare way is cold: compilers move it out of the function. */
__attribute__((noinline)) int guarded(int x)
{
    if (__builtin_expect(x < -1000000, 0)) {
        std::fprintf(stderr, "%d is too small, as it was %d before\n", x, mixed(x));
        throw std::runtime_error("too small");
    }
    return x * 3;
}

__attribute__((noinline)) int same_code_one(int x)
{
    return x * 17 + (x >> 3);
}

/* Nobody calls it: --gc-sections drops it. */
__attribute__((noinline)) int unused(int x)
{
    return repeat(x, [](int i) { return mixed(i) * 3; });
}

int main(int argc, char **argv)
{
    Window<int> window;
    Counter counter;
    int total = repeat(argc * 10, [&](int i) {
        window.add(i);
        return counter.take(i) + local(i) + mixed(i);
    });

    (void)argv;
    total += same_code_one(total) + same_code_two(total) + other_unit(total) + guarded(total);
    std::printf("%d\n", total + window.sum());
    return 0;
}
