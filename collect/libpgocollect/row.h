/*
 * row.h - how to come from a frame to its caller's, for one pc: what .eh_frame says, in 8 bytes.
 *
 * The CFA (canonical frame address) is the stack pointer of the caller after the return. With the
 * kinds SP, BP and BP_DEREF the return address lies at CFA - 8, as it does in all compiled code of
 * x86-64; what does not fit is SLOW. All bytes zero is ROW_NONE: nothing is known.
 * Terms: DWARF 5, section 6.4.
 */
#ifndef LIBPGOCOLLECT_ROW_H
#define LIBPGOCOLLECT_ROW_H

#include <stdint.h>

enum row_kind {
    ROW_NONE,
    ROW_SP,       /* CFA = sp + cfa_offset */
    ROW_BP,       /* CFA = bp + cfa_offset */
    ROW_BP_DEREF, /* CFA = *(bp + cfa_offset): functions that align their stack */
    ROW_SIGNAL,   /* the kernel's signal frame: the registers lie in the ucontext at sp */
    ROW_END,      /* the outermost frame */
    ROW_SLOW,     /* only for a full unwinder */
    ROW_NOWHERE,  /* no code lies there, as of the table's epoch in cfa_offset */
    ROW_SPLIT,    /* of a block: the row differs within it, look up the very address */
};

enum row_bp {
    ROW_BP_SAME,   /* the caller's bp is still in the register */
    ROW_BP_AT_CFA, /* it lies at CFA + bp_offset */
    ROW_BP_AT_BP,  /* it lies at bp + bp_offset */
};

struct unwind_row {
    uint8_t kind; /* enum row_kind */
    uint8_t bp;   /* enum row_bp */
    int16_t bp_offset;
    int32_t cfa_offset;
};

#endif
