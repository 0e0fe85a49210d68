/*
 * decode.h - what one machine instruction is to a reader of control flow.
 *
 * Only for the files of lib/binary that disassemble. `insn` is a cs_insn * of capstone, decoded
 * with details, of a machine that blocks_open() accepts.
 */
#ifndef BINARY_DECODE_H
#define BINARY_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "binary/image.h"

struct decoded {
    unsigned flags;        /* INSTRUCTION_... of blocks.h */
    uint64_t target_vaddr; /* of a direct jump or call; 0: none */
    bool is_conditional;   /* a jump that may fall through */
    uint64_t slot_vaddr;   /* of the pointer that a jump or call goes through; 0: none */
    bool is_computed;      /* a jump to an address that the program works out */
};

struct decoded decode_describe(enum image_machine machine, const void *insn);

#endif
