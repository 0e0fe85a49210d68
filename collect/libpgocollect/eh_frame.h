/*
 * eh_frame.h - the entry of .eh_frame that covers an ip, and the unwind row it gives.
 *
 *     if (eh_frame_find(source, object.header_ip, ip, &fde))
 *         eh_frame_row(&fde, ip, &row, &range);
 *
 * Nothing is allocated; tables are read through eh_source.h alone, so damaged ones do no harm.
 * What is malformed, or longer than the buffers here, is not found or gives ROW_SLOW.
 * Sources of the format: Linux Standard Base 5.0, Core, 10.6 (Exception Frames); DWARF 5, 6.4;
 * registers: the x86-64 psABI, figure 3.36.
 */
#ifndef LIBPGOCOLLECT_EH_FRAME_H
#define LIBPGOCOLLECT_EH_FRAME_H

#include "../eh_source.h"
#include "row.h"

enum {
    /* Larger than any record that was met: 1,300 bytes in LLVM's own library. */
    EH_RECORD_MAX_BYTES = 8192,
    EH_CIE_MAX_BYTES = 512,
};

/* One FDE with what its CIE says. The two programs follow each other. */
struct eh_fde {
    uint64_t start_ip, end_ip;
    uint64_t code_align, data_align; /* the second as two's complement */
    bool is_signal_frame;
    size_t cie_program_len, program_len; /* of the CIE's part; of both */
    uint8_t program[EH_CIE_MAX_BYTES + EH_RECORD_MAX_BYTES];
};

/* The ips at which a row holds: [start, end). */
struct eh_range {
    uint64_t start_ip, end_ip;
};

/* By the binary search table at `header_ip`. False: no entry, or not one that can be read. */
bool eh_frame_find(const struct eh_source *source, uint64_t header_ip, uint64_t ip,
                   struct eh_fde *fde);

/* Total: what cannot be expressed is ROW_SLOW. `ip` lies in the FDE's range. */
void eh_frame_row(const struct eh_fde *fde, uint64_t ip, struct unwind_row *row,
                  struct eh_range *range);

#endif
