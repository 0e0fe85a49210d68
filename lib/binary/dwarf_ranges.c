#include "binary/dwarf_ranges.h"

#include <dwarf.h>

static bool is_address(unsigned form)
{
    return form == DW_FORM_addr || form == DW_FORM_GNU_addr_index || form == DW_FORM_addrx ||
           (form >= DW_FORM_addrx1 && form <= DW_FORM_addrx4);
}

/* Where the list of an index or an offset begins, in .debug_rnglists. */
static struct cursor find_list(const struct dwarf_cu *cu, const struct dwarf_value *value)
{
    struct dwarf_bytes section = cu->sections->rnglists;
    struct cursor cursor;

    if (value->form != DW_FORM_rnglistx)
        return dwarf_bytes_at(section, value->number);
    if (value->number > UINT32_MAX)
        return dwarf_bytes_at(section, section.len);
    cursor = dwarf_bytes_at(section, cu->rnglists_base + value->number * cu->encoding.offset_bytes);
    return dwarf_bytes_at(section,
                          cu->rnglists_base + cursor_fixed(&cursor, cu->encoding.offset_bytes));
}

void dwarf_ranges_begin(struct dwarf_ranges *ranges, const struct dwarf_cu *cu,
                        const struct dwarf_die *die)
{
    *ranges = (struct dwarf_ranges){.cu = cu, .base_vaddr = cu->low_vaddr};
    if (dwarf_die_has(die, FACT_RANGES)) {
        const struct dwarf_value *value = &die->values[FACT_RANGES];

        if (cu->encoding.version >= 5)
            ranges->cursor = find_list(cu, value);
        else /* the skeleton's own offset is whole, its split unit's are not */
            ranges->cursor =
                dwarf_bytes_at(cu->ranges, value->number + (cu->is_split ? cu->ranges_base : 0));
    } else if (dwarf_die_has(die, FACT_LOW) && dwarf_die_has(die, FACT_HIGH)) {
        ranges->start_vaddr = dwarf_die_address(cu, die, FACT_LOW);
        ranges->end_vaddr = dwarf_die_address(cu, die, FACT_HIGH);
        if (!is_address(die->values[FACT_HIGH].form))
            ranges->end_vaddr += ranges->start_vaddr;
    }
}

/* Pairs of addresses; (-1, BASE) sets the base, (0, 0) ends. */
static bool next_pair(struct dwarf_ranges *ranges, uint64_t *start_vaddr, uint64_t *end_vaddr)
{
    unsigned bytes = ranges->cu->encoding.address_bytes;

    while (ranges->cursor.at < ranges->cursor.end) {
        uint64_t start = cursor_fixed(&ranges->cursor, bytes);
        uint64_t end = cursor_fixed(&ranges->cursor, bytes);

        if (start == 0 && end == 0)
            break;
        if (start == UINT64_MAX) {
            ranges->base_vaddr = end;
        } else if (start < end) {
            *start_vaddr = ranges->base_vaddr + start;
            *end_vaddr = ranges->base_vaddr + end;
            return true;
        }
    }
    ranges->cursor.at = ranges->cursor.end;
    return false;
}

/* One entry of a list: false if it is no range, and then maybe the end. */
static bool read_entry(struct dwarf_ranges *ranges, uint64_t *start, uint64_t *end)
{
    struct cursor *cursor = &ranges->cursor;
    const struct dwarf_cu *cu = ranges->cu;
    unsigned bytes = cu->encoding.address_bytes;

    switch (cursor_fixed(cursor, 1)) {
    case DW_RLE_base_addressx:
        ranges->base_vaddr = dwarf_cu_address(cu, cursor_uleb(cursor));
        return false;
    case DW_RLE_base_address:
        ranges->base_vaddr = cursor_fixed(cursor, bytes);
        return false;
    case DW_RLE_startx_endx:
        *start = dwarf_cu_address(cu, cursor_uleb(cursor));
        *end = dwarf_cu_address(cu, cursor_uleb(cursor));
        return true;
    case DW_RLE_startx_length:
        *start = dwarf_cu_address(cu, cursor_uleb(cursor));
        *end = *start + cursor_uleb(cursor);
        return true;
    case DW_RLE_offset_pair:
        *start = ranges->base_vaddr + cursor_uleb(cursor);
        *end = ranges->base_vaddr + cursor_uleb(cursor);
        return true;
    case DW_RLE_start_end:
        *start = cursor_fixed(cursor, bytes);
        *end = cursor_fixed(cursor, bytes);
        return true;
    case DW_RLE_start_length:
        *start = cursor_fixed(cursor, bytes);
        *end = *start + cursor_uleb(cursor);
        return true;
    default: /* DW_RLE_end_of_list */
        cursor->at = cursor->end;
        return false;
    }
}

bool dwarf_ranges_next(struct dwarf_ranges *ranges, uint64_t *start_vaddr, uint64_t *end_vaddr)
{
    uint64_t start = ranges->start_vaddr, end = ranges->end_vaddr;

    ranges->start_vaddr = ranges->end_vaddr = 0;
    if (start < end) {
        *start_vaddr = start;
        *end_vaddr = end;
        return true;
    }
    if (ranges->cu->encoding.version < 5)
        return next_pair(ranges, start_vaddr, end_vaddr);
    while (ranges->cursor.at < ranges->cursor.end)
        if (read_entry(ranges, &start, &end) && start < end) {
            *start_vaddr = start;
            *end_vaddr = end;
            return true;
        }
    return false;
}
