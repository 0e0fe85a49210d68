/*
 * code.h - the machine code of the two programs: its size, and the functions where it differs most.
 *
 * Read from the ELF files themselves, by their symbol tables, so a difference here is what the
 * compiler did and not what anybody says that it did. Parts that the compiler split off a function
 * (.cold, .part.0 and the like) count with it. A function of base without code in test was
 * inlined into all its callers, or dropped; nothing here tells which.
 *
 * Life cycle: a zeroed struct, code_compare, code_release. Names belong to it. Sizes are in bytes.
 */
#ifndef BENCH_CODE_H
#define BENCH_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/byteset.h"

enum code_side {
    CODE_BASE,
    CODE_TEST,
    CODE_SIDES,
};

struct code_function {
    const char *name;
    uint64_t bytes[CODE_SIDES]; /* 0: no code of its own */
};

struct code {
    uint64_t file_bytes[CODE_SIDES];
    uint64_t function_bytes[CODE_SIDES]; /* of all functions; 0: the symbols are stripped */
    char *build_ids[CODE_SIDES];         /* "" if there is none */
    struct code_function *functions;     /* the largest difference first, then by name */
    size_t count, capacity;
    size_t gone, added; /* functions with code in one of the two alone */
    struct byteset names;
};

/* False if there is nothing to compare: one is no ELF file, or both are the same file. */
bool code_compare(struct code *code, const char *base_path, const char *test_path);
void code_release(struct code *code);

#endif
