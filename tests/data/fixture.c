/* An inlined callee, a jump table, a loop that is vectorized: for build-fixtures. */
int pick(int kind, int x);
int sum(const int *values, int count);
int start(int count);

static inline int square(int x)
{
    return x * x + 1;
}

static __attribute__((noinline)) int odd(int x)
{
    return x % 2 ? square(x) : x / 3;
}

int pick(int kind, int x)
{
    switch (kind) {
    case 0:
        return odd(x);
    case 1:
        return square(x);
    case 2:
        return x ^ 0x55;
    case 3:
        return odd(x + 1) * 5;
    case 4:
        return x - 7;
    default:
        return 0;
    }
}

int sum(const int *values, int count)
{
    int total = 0;

    for (int i = 0; i < count; i++)
        total += square(values[i]);
    return total;
}

int start(int count)
{
    int values[16];

    for (int i = 0; i < 16; i++)
        values[i] = pick(i % 5, count);
    return sum(values, count);
}
