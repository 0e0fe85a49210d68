/*
 * pointers.h - what the loader puts into pointers of a position-independent image.
 *
 * The file may have zeros where the program has the address of something of its own: then the
 * address stands in a relative relocation.
 * Life cycle: `struct pointers pointers = {0};`, find, which reads the relocations the first time,
 * pointers_release(). Addresses are `vaddr`.
 * Source of the format: System V ABI, x86-64 and AArch64 supplements (R_*_RELATIVE).
 */
#ifndef BINARY_POINTERS_H
#define BINARY_POINTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "binary/image.h"

struct pointer {
    uint64_t slot_vaddr, target_vaddr;
};

struct pointers {
    bool is_read;
    struct pointer *items; /* sorted by slot */
    size_t count, capacity;
};

/* False: no relocation is for that place; what the file has there stands. */
bool pointers_find(struct pointers *pointers, const struct image *image, uint64_t slot_vaddr,
                   uint64_t *target_vaddr);
void pointers_release(struct pointers *pointers);

#endif
