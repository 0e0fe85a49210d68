#include "basic/expression.h"

struct evaluation {
    const struct token *next;
    const struct variables *variables;
    const char *error; /* the first one; after it nothing is true any more */
    int depth;
};

enum {
    MAX_DEPTH = 100, /* of parentheses and signs; a bound on the C stack */
};

static int64_t condition(struct evaluation *e);

static int64_t fail(struct evaluation *e, const char *error)
{
    if (!e->error)
        e->error = error;
    return 0;
}

static bool accept(struct evaluation *e, int kind)
{
    if (e->next->kind != kind)
        return false;
    e->next++;
    return true;
}

static int64_t parentheses(struct evaluation *e)
{
    int64_t result;

    if (++e->depth > MAX_DEPTH)
        return fail(e, "too many parentheses");
    result = condition(e);
    e->depth--;
    return accept(e, ')') ? result : fail(e, "expected )");
}

/* Every result is checked: in C an overflow of signed integers is undefined. */
static int64_t add(struct evaluation *e, int64_t a, int64_t b)
{
    int64_t result;

    return __builtin_add_overflow(a, b, &result) ? fail(e, "overflow") : result;
}

static int64_t subtract(struct evaluation *e, int64_t a, int64_t b)
{
    int64_t result;

    return __builtin_sub_overflow(a, b, &result) ? fail(e, "overflow") : result;
}

static int64_t multiply(struct evaluation *e, int64_t a, int64_t b)
{
    int64_t result;

    return __builtin_mul_overflow(a, b, &result) ? fail(e, "overflow") : result;
}

static int64_t divide(struct evaluation *e, int64_t a, int64_t b)
{
    if (b == 0)
        return fail(e, "division by zero");
    return b == -1 ? subtract(e, 0, a) : a / b;
}

static int64_t remainder_of(struct evaluation *e, int64_t a, int64_t b)
{
    if (b == 0)
        return fail(e, "division by zero");
    return b == -1 ? 0 : a % b;
}

static int64_t value(struct evaluation *e)
{
    const struct token *token = e->next;
    int64_t result;

    if (accept(e, TOKEN_NUMBER))
        return token->value;
    if (accept(e, TOKEN_NAME)) {
        result = accept(e, '(') ? parentheses(e) : 0;
        return variables_get(e->variables, token->value, result);
    }
    if (accept(e, '('))
        return parentheses(e);
    if (!accept(e, '-'))
        return fail(e, "expected a value");
    if (++e->depth > MAX_DEPTH)
        return fail(e, "too many signs");
    result = subtract(e, 0, value(e));
    e->depth--;
    return result;
}

static int64_t product(struct evaluation *e)
{
    int64_t result = value(e);

    for (;;) {
        if (accept(e, '*'))
            result = multiply(e, result, value(e));
        else if (accept(e, '/'))
            result = divide(e, result, value(e));
        else if (accept(e, '%'))
            result = remainder_of(e, result, value(e));
        else
            return result;
    }
}

static int64_t sum(struct evaluation *e)
{
    int64_t result = product(e);

    for (;;) {
        if (accept(e, '+'))
            result = add(e, result, product(e));
        else if (accept(e, '-'))
            result = subtract(e, result, product(e));
        else
            return result;
    }
}

static int64_t condition(struct evaluation *e)
{
    int64_t left = sum(e);

    if (accept(e, '='))
        return left == sum(e);
    if (accept(e, '<'))
        return left < sum(e);
    if (accept(e, '>'))
        return left > sum(e);
    return left;
}

const char *evaluate(const struct token **next, const struct variables *variables, int64_t *result)
{
    struct evaluation e = {.next = *next, .variables = variables};

    *result = condition(&e);
    *next = e.next;
    return e.error;
}
