/*
 * jump_table.h - the table that a computed jump takes its target from.
 *
 * Only for blocks.c. A walk goes over the instructions of one function in order of address and
 * keeps what each register holds, as far as it matters: an address, an entry of a table, the
 * place that the entry stands for. At a computed jump it says which table was read:
 *
 *     x86-64    lea TABLE(%rip), %b;  movslq (%b,%i,4), %t;  add %b, %t;  jmp *%t
 *               jmp *TABLE(,%i,8)     or with the table's address in a register: also `goto *p[i]`
 *     AArch64   adrp, add b, TABLE;  adr c, BASE;  ldrb/ldrh/ldrsw t, [b, i];  add c, c, t, lsl #n;
 *               br c
 *
 * The walk does not follow the control flow, so what it says is likely, not sure: whoever reads
 * the table checks that its entries are instructions. Addresses are `vaddr`.
 */
#ifndef BINARY_JUMP_TABLE_H
#define BINARY_JUMP_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "binary/image.h"
#include "binary/pointers.h"

struct jump_table {
    uint64_t table_vaddr;
    uint64_t base_vaddr; /* entries count from here; 0 if they are addresses */
    uint32_t count;      /* by the comparison before the jump; 0: not known */
    uint8_t width;       /* of an entry, in bytes */
    uint8_t shift;       /* an entry counts units of 1 << shift bytes */
    bool is_signed;
};

enum held_kind {
    HELD_UNKNOWN,
    HELD_ADDRESS, /* table_vaddr */
    HELD_ENTRY,   /* what was read from the table */
    HELD_TARGET,  /* the entry and its base added up */
};

struct held {
    enum held_kind kind;
    uint32_t value; /* the same number: the same value */
    struct jump_table table;
};

#define JUMP_TABLE_REGISTERS 32

struct jump_table_walk {
    enum image_machine machine;
    struct held registers[JUMP_TABLE_REGISTERS];
    uint32_t next_value;
    uint32_t compared_value, compared_with; /* the last comparison, of a value and a constant */
    uint32_t bound_value, bound_count;      /* that value is less, or a branch was taken */
};

void jump_table_begin(struct jump_table_walk *walk, enum image_machine machine);

/* `insn` is a cs_insn * with details. */
void jump_table_step(struct jump_table_walk *walk, const void *insn);

/* At a computed jump, before its step: false if its table is not known. */
bool jump_table_find(const struct jump_table_walk *walk, const void *insn,
                     struct jump_table *table);

/* Entry `index`, as the address that it stands for; false if the image does not hold it. */
bool jump_table_read(const struct image *image, struct pointers *pointers,
                     const struct jump_table *table, uint32_t index, uint64_t *target_vaddr);

#endif
