#include "binary/dwarf_form.h"

#include <dwarf.h>

/* The bytes of a form, or -1: it says itself how long it is. */
static int form_bytes(const struct dwarf_encoding *encoding, unsigned form)
{
    switch (form) {
    case DW_FORM_flag_present:
    case DW_FORM_implicit_const:
        return 0;
    case DW_FORM_data1:
    case DW_FORM_ref1:
    case DW_FORM_flag:
    case DW_FORM_strx1:
    case DW_FORM_addrx1:
        return 1;
    case DW_FORM_data2:
    case DW_FORM_ref2:
    case DW_FORM_strx2:
    case DW_FORM_addrx2:
        return 2;
    case DW_FORM_strx3:
    case DW_FORM_addrx3:
        return 3;
    case DW_FORM_data4:
    case DW_FORM_ref4:
    case DW_FORM_strx4:
    case DW_FORM_addrx4:
    case DW_FORM_ref_sup4:
        return 4;
    case DW_FORM_data8:
    case DW_FORM_ref8:
    case DW_FORM_ref_sig8:
    case DW_FORM_ref_sup8:
        return 8;
    case DW_FORM_data16:
        return 16;
    case DW_FORM_addr:
        return encoding->address_bytes;
    case DW_FORM_ref_addr: /* the size of an address in version 2 */
        return encoding->version == 2 ? encoding->address_bytes : encoding->offset_bytes;
    case DW_FORM_strp:
    case DW_FORM_line_strp:
    case DW_FORM_sec_offset:
    case DW_FORM_strp_sup:
    case DW_FORM_GNU_ref_alt:
    case DW_FORM_GNU_strp_alt:
        return encoding->offset_bytes;
    default:
        return -1;
    }
}

/* False: an unknown form, behind which nothing can be read. */
static bool skip_variable(struct cursor *cursor, unsigned form)
{
    switch (form) {
    case DW_FORM_udata:
    case DW_FORM_sdata:
    case DW_FORM_ref_udata:
    case DW_FORM_strx:
    case DW_FORM_addrx:
    case DW_FORM_rnglistx:
    case DW_FORM_loclistx:
    case DW_FORM_GNU_addr_index:
    case DW_FORM_GNU_str_index:
        cursor_uleb(cursor);
        return true;
    case DW_FORM_string:
        dwarf_bytes_text(cursor);
        return true;
    case DW_FORM_block1:
        cursor_take(cursor, cursor_fixed(cursor, 1));
        return true;
    case DW_FORM_block2:
        cursor_take(cursor, cursor_fixed(cursor, 2));
        return true;
    case DW_FORM_block4:
        cursor_take(cursor, cursor_fixed(cursor, 4));
        return true;
    case DW_FORM_block:
    case DW_FORM_exprloc:
        cursor_take(cursor, cursor_uleb(cursor));
        return true;
    default:
        return false;
    }
}

bool dwarf_form_skip(const struct dwarf_encoding *encoding, struct cursor *cursor, unsigned form)
{
    int bytes = form_bytes(encoding, form);

    if (bytes < 0 && form == DW_FORM_indirect) {
        form = (unsigned)cursor_uleb(cursor);
        bytes = form_bytes(encoding, form);
    }
    if (bytes < 0)
        return skip_variable(cursor, form);
    cursor_take(cursor, (uint64_t)bytes);
    return true;
}

bool dwarf_form_read(const struct dwarf_encoding *encoding, struct cursor *cursor,
                     const struct dwarf_spec *spec, struct dwarf_value *value)
{
    unsigned form = spec->form;
    int bytes;

    if (form == DW_FORM_indirect)
        form = (uint16_t)cursor_uleb(cursor);
    *value = (struct dwarf_value){.form = (uint16_t)form};
    bytes = form_bytes(encoding, form);
    if (form == DW_FORM_implicit_const)
        value->number = (uint64_t)spec->implicit;
    else if (form == DW_FORM_flag_present)
        value->number = 1;
    else if (form == DW_FORM_string)
        value->text = dwarf_bytes_text(cursor);
    else if (form == DW_FORM_sdata)
        value->number = cursor_sleb(cursor);
    else if (bytes >= 0 && bytes <= 8)
        value->number = cursor_fixed(cursor, (unsigned)bytes);
    else if (form == DW_FORM_udata || form == DW_FORM_ref_udata || form == DW_FORM_strx ||
             form == DW_FORM_addrx || form == DW_FORM_rnglistx || form == DW_FORM_GNU_addr_index ||
             form == DW_FORM_GNU_str_index)
        value->number = cursor_uleb(cursor);
    else
        return dwarf_form_skip(encoding, cursor, form);
    return true;
}
