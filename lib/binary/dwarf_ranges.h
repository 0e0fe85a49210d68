/*
 * dwarf_ranges.h - the addresses that a unit or a function covers.
 *
 *     struct dwarf_ranges ranges;
 *     for (dwarf_ranges_begin(&ranges, cu, die); dwarf_ranges_next(&ranges, &start, &end);)
 *
 * Ranges are [start, end), never empty. Those of code that the linker has dropped are among them:
 * it leaves 0, or another value where no code is.
 * Source of the format: DWARF 4, section 2.17.3 (.debug_ranges); DWARF 5, sections 2.17.3 and 7.25
 * (.debug_rnglists).
 */
#ifndef BINARY_DWARF_RANGES_H
#define BINARY_DWARF_RANGES_H

#include "binary/dwarf_cu.h"

struct dwarf_ranges {
    const struct dwarf_cu *cu;
    struct cursor cursor; /* in the list; at its end when there is none or no more */
    uint64_t base_vaddr;
    uint64_t start_vaddr, end_vaddr; /* without a list: the one range */
};

void dwarf_ranges_begin(struct dwarf_ranges *ranges, const struct dwarf_cu *cu,
                        const struct dwarf_die *die);
bool dwarf_ranges_next(struct dwarf_ranges *ranges, uint64_t *start_vaddr, uint64_t *end_vaddr);

#endif
