/*
 * unwind_table.h - where an image has its table for unwinding (.eh_frame_hdr).
 *
 * Source of the format: Linux Standard Base 5.0, Core, 10.6; program header PT_GNU_EH_FRAME.
 */
#ifndef BINARY_UNWIND_TABLE_H
#define BINARY_UNWIND_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "binary/image.h"

/* False: it has none. */
bool unwind_table_find(const struct image *image, uint64_t *header_vaddr);

#endif
