/*
 * blocks.h - the machine code of one function: instructions and basic blocks.
 *
 * Life cycle: blocks_open() once an image, blocks_read() fills a `struct blocks` that may be used
 * again for the next function, blocks_release(), blocks_close(). Addresses are `vaddr`.
 * A block is a maximal run of instructions with one way in, at its start, and one way out, at its
 * end; a call ends it only if it never returns (noreturn.h). A computed jump has the targets of
 * its table (jump_table.h); one whose table is not known goes to blocks that nothing else enters,
 * which start where the one before them ends by a jump.
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
    INSTRUCTION_JUMP = 1 << 3,   /* ends the block: jumps; returns; traps; calls for good */
    INSTRUCTION_DIVIDE = 1 << 4, /* integer or floating-point division or square root */
    INSTRUCTION_NOP = 1 << 5,    /* padding */
};

struct instruction {
    uint64_t vaddr;
    uint64_t target_vaddr; /* of a direct jump or call; 0: it has none, or computes it */
    uint8_t len;
    uint8_t flags;
};

#define BLOCK_NONE UINT32_MAX

/* How control leaves a block, beside falling through and known jumps within the function. */
enum block_exit {
    BLOCK_STAYS,    /* it does not: all ways are known */
    BLOCK_LEAVES,   /* returns, traps, calls for good, or jumps out of the function */
    BLOCK_INDIRECT, /* jumps to an address that is not known: within the function, or a tail call */
};

struct block { /* instructions [first, first + count) */
    uint32_t first, count;
    uint32_t fall_through; /* index of the block that follows, or BLOCK_NONE */
    uint32_t target;       /* index of the block that a direct jump goes to, or BLOCK_NONE */
    uint32_t first_case;   /* of a jump table: blocks->cases[first_case, first_case + case_count) */
    uint32_t case_count;   /* 0: no jump table, or none of its targets is in the function */
    enum block_exit exit;
};

struct blocks {
    struct instruction *instructions; /* in order of address, without a gap */
    size_t instruction_count, instruction_capacity;
    struct block *blocks; /* in order of address; each instruction is in exactly one */
    size_t block_count, block_capacity;
    uint32_t *cases; /* indices of blocks: the targets of jump tables, each once for a table */
    size_t case_count, case_capacity;
    uint64_t *leaders; /* scratch: addresses where a block starts */
    size_t leader_count, leader_capacity;
    struct jump *jumps; /* scratch: in order of address */
    size_t jump_count, jump_capacity;
    uint64_t *case_vaddrs; /* scratch: by case */
    size_t case_vaddr_count, case_vaddr_capacity;
};

struct disassembler;

/* NULL on failure: ERR_UNSUPPORTED for another machine. The image must outlive it. */
struct disassembler *blocks_open(const struct image *image, struct err *err) MUST_CHECK;
void blocks_close(struct disassembler *disassembler); /* NULL is fine */

/* The code of [start, end); false if the image does not hold it. */
MUST_CHECK bool blocks_read(struct disassembler *disassembler, uint64_t start_vaddr,
                            uint64_t end_vaddr, struct blocks *blocks);
void blocks_release(struct blocks *blocks);

/* The instruction that holds vaddr; NULL if none does. */
const struct instruction *blocks_find_instruction(const struct blocks *blocks, uint64_t vaddr);

#endif
