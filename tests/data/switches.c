/* Jump tables and calls that never return, for tests/e2e/blocks.sh; needs no header. */
_Noreturn void abort(void);
_Noreturn void exit(int code);
int first(int x);
int second(int x);
int dense(int kind, int x);
int in_a_loop(const unsigned char *bytes, int x);
int large(int kind, int x);
int gives_up(int x);

int dense(int kind, int x)
{
    switch (kind) {
    case 3:
        return first(x);
    case 4:
        return second(x) + 1;
    case 5:
        return x * 7;
    case 6:
        return first(x) / 3;
    case 7:
        return second(x) ^ 3;
    case 9:
        x++; /* fall through */
    case 10:
        return first(x + 2);
    default:
        return 0;
    }
}

/* The table's address stays in a register; two tables in one function. */
int in_a_loop(const unsigned char *bytes, int x)
{
    for (;;) {
        switch (*bytes++) {
        case 0:
            return x;
        case 1:
            x += first(x);
            break;
        case 2:
            x *= 3;
            break;
        case 3:
            x -= second(x);
            break;
        case 4:
            abort();
        case 5:
            x = second(x) + first(x);
            break;
        }
        switch (bytes[1]) {
        case 'a':
            x -= first(x);
            break;
        case 'b':
            x ^= second(x);
            break;
        case 'c':
            exit(x);
        case 'd':
            x += 5 * first(x + 1);
            break;
        case 'f':
            x += second(x + 1);
            break;
        }
    }
}

#define CASE(n)                                                                                    \
    case n:                                                                                        \
        return first(x + (n)) ^ (x / ((n) + 7))
#define CASES(n)                                                                                   \
    CASE(n);                                                                                       \
    CASE((n) + 1);                                                                                 \
    CASE((n) + 2);                                                                                 \
    CASE((n) + 3);                                                                                 \
    CASE((n) + 4);                                                                                 \
    CASE((n) + 5);                                                                                 \
    CASE((n) + 6);                                                                                 \
    CASE((n) + 7)

int large(int kind, int x)
{
    switch (kind) {
        CASES(0);
        CASES(8);
        CASES(16);
        CASES(32);
    default:
        return second(x);
    }
}

int gives_up(int x)
{
    if (x == 3)
        abort();
    if (x > 7)
        exit(first(x));
    return second(x);
}
