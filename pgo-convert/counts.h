/*
 * counts.h - how often addresses were sampled, or ran.
 *
 * Addresses are `vaddr` of one image. A list is appended to in any order; counts_sort() puts it
 * in order of address and adds up what belongs to the same one. `struct counts c = {0};` is empty.
 */
#ifndef PGO_CONVERT_COUNTS_H
#define PGO_CONVERT_COUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct count {
    uint64_t vaddr;
    uint64_t count;
};

struct counts {
    struct count *items;
    size_t count, capacity;
};

void counts_add(struct counts *counts, uint64_t vaddr, uint64_t count);
void counts_sort(struct counts *counts);
void counts_release(struct counts *counts);

/* Text of lines "VADDR COUNT", hexadecimal and decimal, as bench/exact-counts writes them. */
MUST_CHECK bool counts_read(const char *text, size_t len, struct counts *counts, struct err *err);

#endif
