/*
 * blocks.h - the machine code of one function: instructions and basic blocks.
 *
 * Life cycle: blocks_open() once an image, blocks_read() fills a `struct blocks` that may be used
 * again for the next function, blocks_release(), blocks_close(). Addresses are `vaddr`.
 * A block is a maximal run of instructions with one way in, at its start, and one way out, at its
 * end; calls do not end it. Targets of jump tables are not known here: a block that is entered
 * by a jump table alone starts where the one before it ends by a jump.
 * Decoding is capstone's (x86-64, AArch64); bytes it cannot decode count as one instruction each.
 */
#ifndef BINARY_BLOCKS_H
#define BINARY_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "binary/image.h"

enum {
    INSTRUCTION_LOAD = 1 << 0,  /* reads memory */
    INSTRUCTION_STORE = 1 << 1, /* writes memory */
    INSTRUCTION_CALL = 1 << 2,
    INSTRUCTION_JUMP = 1 << 3,   /* leaves the block: jumps, conditional or not; returns; traps */
    INSTRUCTION_DIVIDE = 1 << 4, /* integer or floating-point division or square root */
    INSTRUCTION_NOP = 1 << 5,    /* padding */
};

struct instruction {
    uint64_t vaddr;
    uint8_t len;
    uint8_t flags;
};

#define BLOCK_NONE UINT32_MAX

/* How control leaves a block, beside falling through and direct jumps within the function. */
enum block_exit {
    BLOCK_STAYS,    /* it does not: both ways are known */
    BLOCK_LEAVES,   /* returns, traps, or jumps out of the function */
    BLOCK_INDIRECT, /* jumps to an address that is computed: a jump table, or a tail call */
};

struct block { /* instructions [first, first + count) */
    uint32_t first, count;
    uint32_t fall_through; /* index of the block that follows, or BLOCK_NONE */
    uint32_t target;       /* index of the block that a direct jump goes to, or BLOCK_NONE */
    enum block_exit exit;
};

struct blocks {
    struct instruction *instructions; /* in order of address, without a gap */
    size_t instruction_count, instruction_capacity;
    struct block *blocks; /* in order of address; each instruction is in exactly one */
    size_t block_count, block_capacity;
    uint64_t *leaders; /* scratch: addresses where a block starts */
    size_t leader_count, leader_capacity;
    struct jump *jumps; /* scratch: in order of address */
    size_t jump_count, jump_capacity;
};

struct disassembler;

/* NULL on failure: ERR_UNSUPPORTED for another machine. The image must outlive it. */
struct disassembler *blocks_open(const struct image *image, struct err *err) MUST_CHECK;
void blocks_close(struct disassembler *disassembler); /* NULL is fine */

/* The code of [start, end); false if the image does not hold it. */
MUST_CHECK bool blocks_read(struct disassembler *disassembler, uint64_t start_vaddr,
                            uint64_t end_vaddr, struct blocks *blocks);
void blocks_release(struct blocks *blocks);

#endif
