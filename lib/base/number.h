/*
 * number.h - numbers from text, strictly: the whole string is the number, or it is none.
 */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

MUST_CHECK bool number_parse_u64(const char *text, uint64_t *value);  /* decimal digits */
MUST_CHECK bool number_parse_hex(const char *text, uint64_t *value);  /* with or without 0x */
MUST_CHECK bool number_parse_double(const char *text, double *value); /* finite */

static inline uint64_t saturating_add(uint64_t a, uint64_t b)
{
    uint64_t sum;

    return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

static inline uint64_t saturating_multiply(uint64_t a, uint64_t b)
{
    uint64_t product;

    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

#endif
