/*
 * dwarf_form.h - values of attributes, by their form.
 *
 * A value is taken as it stands: what an offset or an index means is dwarf_cu.h's to say.
 * Source of the format: DWARF 5, section 7.5.6; DW_FORM_GNU_*: extensions of GCC.
 */
#ifndef BINARY_DWARF_FORM_H
#define BINARY_DWARF_FORM_H

#include "binary/dwarf_abbrev.h"

struct dwarf_encoding { /* of a unit or a line table: how wide numbers are */
    uint8_t version, offset_bytes, address_bytes;
};

struct dwarf_value {
    uint16_t form;
    uint64_t number;  /* an offset, an index, an address, a constant */
    const char *text; /* of DW_FORM_string */
};

/* Both move the cursor behind the value. False: an unknown form, behind which nothing is known. */
bool dwarf_form_skip(const struct dwarf_encoding *encoding, struct cursor *cursor, unsigned form);
bool dwarf_form_read(const struct dwarf_encoding *encoding, struct cursor *cursor,
                     const struct dwarf_spec *spec, struct dwarf_value *value);

#endif
