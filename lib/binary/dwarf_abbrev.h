/*
 * dwarf_abbrev.h - one table of .debug_abbrev: what the DIEs of a unit consist of.
 *
 * Life cycle: dwarf_abbrevs_read(), find, dwarf_abbrevs_release(). `struct dwarf_abbrevs a = {0};`
 * is an empty table. Damage ends the table early.
 * Source of the format: DWARF 5, section 7.5.3.
 */
#ifndef BINARY_DWARF_ABBREV_H
#define BINARY_DWARF_ABBREV_H

#include "binary/dwarf_bytes.h"

struct dwarf_spec { /* of one attribute */
    uint16_t name, form;
    int64_t implicit; /* the value itself, for DW_FORM_implicit_const */
};

struct dwarf_abbrev {
    uint64_t code;
    uint16_t tag;
    bool has_children;
    uint32_t first_spec, spec_count; /* of abbrevs->specs */
};

struct dwarf_abbrevs {
    struct dwarf_abbrev *items; /* in the order of the table; compilers count codes from 1 */
    size_t count, capacity;
    struct dwarf_spec *specs;
    size_t spec_count, spec_capacity;
};

/* The table at `off`, in place of what was in `abbrevs`. */
void dwarf_abbrevs_read(struct dwarf_abbrevs *abbrevs, struct dwarf_bytes section, uint64_t off);
void dwarf_abbrevs_release(struct dwarf_abbrevs *abbrevs);

/* NULL: no such code. */
const struct dwarf_abbrev *dwarf_abbrevs_find(const struct dwarf_abbrevs *abbrevs, uint64_t code);

#endif
