/*
 * The variables of a program: a hash table from (name, index) to an integer.
 *
 * A plain variable X is the element X(0). What was never set reads as 0. A zeroed struct is
 * empty; variables_release() frees it.
 */
#ifndef HELLO_BASIC_VARIABLES_H
#define HELLO_BASIC_VARIABLES_H

#include <stddef.h>
#include <stdint.h>

struct variable {
    int64_t name; /* the value of its token */
    int64_t index;
    int64_t value;
    int used;
};

struct variables {
    struct variable *slots;
    size_t count;
    size_t capacity; /* 0 or a power of two */
};

int64_t variables_get(const struct variables *variables, int64_t name, int64_t index);
void variables_set(struct variables *variables, int64_t name, int64_t index, int64_t value);
void variables_release(struct variables *variables);

#endif
