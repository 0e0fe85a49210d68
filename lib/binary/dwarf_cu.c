#include "binary/dwarf_cu.h"

#include <dwarf.h>

/* LLVM's and GCC's, which dwarf.h of elfutils does not name. */
#ifndef DW_AT_GNU_discriminator
#define DW_AT_GNU_discriminator 0x2136
#endif

/*
 * length:4, or 0xffffffff and length:8 (then offsets have 8 bytes)   version:2
 * to version 4:    abbrev_off:offset   address_bytes:1
 * from 5:          unit_type:1   address_bytes:1   abbrev_off:offset   [dwo_id:8]
 */
bool dwarf_cu_read(struct dwarf_cu *cu, const struct dwarf_sections *sections, uint64_t off,
                   uint64_t *next_off)
{
    struct cursor cursor = dwarf_bytes_at(sections->info, off);
    uint64_t len = cursor_fixed(&cursor, 4);

    *cu = (struct dwarf_cu){.sections = sections, .start_off = off, .encoding.offset_bytes = 4};
    if (len == UINT32_MAX) {
        len = cursor_fixed(&cursor, 8);
        cu->encoding.offset_bytes = 8;
    }
    if (len == 0 || len > (uint64_t)(cursor.end - cursor.at))
        return false;
    cursor.end = cursor.at + len;
    cu->end_off = *next_off = (uint64_t)(cursor.end - sections->info.data);
    cu->encoding.version = (uint8_t)cursor_fixed(&cursor, 2);
    cu->unit_type = DW_UT_compile;
    if (cu->encoding.version >= 5) {
        cu->unit_type = (uint8_t)cursor_fixed(&cursor, 1);
        cu->encoding.address_bytes = (uint8_t)cursor_fixed(&cursor, 1);
        cu->abbrev_off = cursor_fixed(&cursor, cu->encoding.offset_bytes);
        if (cu->unit_type == DW_UT_skeleton || cu->unit_type == DW_UT_split_compile)
            cu->dwo_id = cursor_fixed(&cursor, 8);
    } else {
        cu->abbrev_off = cursor_fixed(&cursor, cu->encoding.offset_bytes);
        cu->encoding.address_bytes = (uint8_t)cursor_fixed(&cursor, 1);
    }
    cu->die_off = (uint64_t)(cursor.at - sections->info.data);
    cu->addr = sections->addr;
    cu->ranges = sections->ranges;
    return true;
}

bool dwarf_cu_is_code(const struct dwarf_cu *cu)
{
    return cu->encoding.version >= 2 && cu->encoding.version <= 5 &&
           cu->encoding.address_bytes == 8 &&
           (cu->unit_type == DW_UT_compile || cu->unit_type == DW_UT_partial ||
            cu->unit_type == DW_UT_skeleton || cu->unit_type == DW_UT_split_compile);
}

static bool is_gcc(const char *producer)
{
    return strncmp(producer, "GNU ", 4) == 0;
}

/*
 * Where tables begin that have no base: split units have one table each, behind its header
 * (length:4, version:2, two bytes, and for range lists the number of offsets:4); DWARF 4 has none.
 */
static void take_bases(struct dwarf_cu *cu, const struct dwarf_die *die)
{
    bool has_headers = cu->encoding.version >= 5;
    uint64_t header = cu->encoding.offset_bytes == 8 ? 12 : 4;

    cu->str_offsets_base = dwarf_die_has(die, FACT_STR_OFFSETS_BASE)
                               ? dwarf_die_number(die, FACT_STR_OFFSETS_BASE)
                               : (has_headers ? header + 4 : 0);
    cu->rnglists_base = dwarf_die_has(die, FACT_RNGLISTS_BASE)
                            ? dwarf_die_number(die, FACT_RNGLISTS_BASE)
                            : header + 8;
    cu->addr_base = dwarf_die_number(die, FACT_ADDR_BASE);
    cu->ranges_base = dwarf_die_number(die, FACT_RANGES_BASE);
}

bool dwarf_cu_open(struct dwarf_cu *cu, const struct dwarf_cu *skeleton, struct dwarf_die *die)
{
    uint64_t off = cu->die_off;

    dwarf_abbrevs_read(&cu->abbrevs, cu->sections->abbrev, cu->abbrev_off);
    if (!dwarf_cu_next(cu, &off, die) || die->tag == 0)
        return false;
    take_bases(cu, die);
    cu->is_split = skeleton != NULL;
    if (skeleton) {
        cu->addr = skeleton->addr;
        cu->addr_base = skeleton->addr_base;
        cu->ranges = skeleton->ranges;
        cu->ranges_base = skeleton->ranges_base;
        cu->low_vaddr = skeleton->low_vaddr;
    } else {
        cu->low_vaddr = dwarf_die_address(cu, die, FACT_LOW);
    }
    if (dwarf_die_has(die, FACT_DWO_ID))
        cu->dwo_id = dwarf_die_number(die, FACT_DWO_ID);
    cu->is_plain = is_gcc(dwarf_die_text(cu, die, FACT_PRODUCER));
    return true;
}

void dwarf_cu_release(struct dwarf_cu *cu)
{
    dwarf_abbrevs_release(&cu->abbrevs);
}

/* FACT_COUNT: an attribute that nobody asks for. */
static enum dwarf_fact find_fact(unsigned name)
{
    switch (name) {
    case DW_AT_name:
        return FACT_NAME;
    case DW_AT_linkage_name:
    case DW_AT_MIPS_linkage_name:
        return FACT_LINKAGE_NAME;
    case DW_AT_specification:
        return FACT_SPECIFICATION;
    case DW_AT_abstract_origin:
        return FACT_ORIGIN;
    case DW_AT_low_pc:
        return FACT_LOW;
    case DW_AT_high_pc:
        return FACT_HIGH;
    case DW_AT_ranges:
        return FACT_RANGES;
    case DW_AT_call_line:
        return FACT_CALL_LINE;
    case DW_AT_GNU_discriminator:
        return FACT_DISCRIMINATOR;
    case DW_AT_decl_line:
        return FACT_DECL_LINE;
    case DW_AT_decl_file:
        return FACT_DECL_FILE;
    case DW_AT_external:
        return FACT_EXTERNAL;
    case DW_AT_declaration:
        return FACT_DECLARATION;
    case DW_AT_comp_dir:
        return FACT_COMP_DIR;
    case DW_AT_producer:
        return FACT_PRODUCER;
    case DW_AT_stmt_list:
        return FACT_LINES;
    case DW_AT_str_offsets_base:
        return FACT_STR_OFFSETS_BASE;
    case DW_AT_addr_base:
    case DW_AT_GNU_addr_base:
        return FACT_ADDR_BASE;
    case DW_AT_rnglists_base:
        return FACT_RNGLISTS_BASE;
    case DW_AT_GNU_ranges_base:
        return FACT_RANGES_BASE;
    case DW_AT_dwo_name:
    case DW_AT_GNU_dwo_name:
        return FACT_DWO_NAME;
    case DW_AT_GNU_dwo_id:
        return FACT_DWO_ID;
    default:
        return FACT_COUNT;
    }
}

static bool has_facts(unsigned tag)
{
    return tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine ||
           tag == DW_TAG_compile_unit || tag == DW_TAG_partial_unit || tag == DW_TAG_skeleton_unit;
}

static bool read_attributes(const struct dwarf_cu *cu, struct cursor *cursor,
                            const struct dwarf_abbrev *abbrev, struct dwarf_die *die)
{
    const struct dwarf_spec *specs = &cu->abbrevs.specs[abbrev->first_spec];
    bool wanted = has_facts(abbrev->tag);

    for (uint32_t i = 0; i < abbrev->spec_count; i++) {
        enum dwarf_fact fact = wanted ? find_fact(specs[i].name) : FACT_COUNT;

        if (fact == FACT_COUNT
                ? !dwarf_form_skip(&cu->encoding, cursor, specs[i].form)
                : !dwarf_form_read(&cu->encoding, cursor, &specs[i], &die->values[fact]))
            return false;
        if (fact != FACT_COUNT)
            die->facts |= UINT32_C(1) << fact;
    }
    return true;
}

bool dwarf_cu_next(const struct dwarf_cu *cu, uint64_t *off, struct dwarf_die *die)
{
    struct cursor cursor = dwarf_bytes_at(cu->sections->info, *off);
    const struct dwarf_abbrev *abbrev;
    uint64_t code;

    if (*off < cu->die_off || *off >= cu->end_off)
        return false;
    cursor.end = cu->sections->info.data + cu->end_off;
    die->off = *off;
    die->tag = 0;
    die->has_children = false;
    die->facts = 0;
    code = cursor_uleb(&cursor);
    abbrev = code ? dwarf_abbrevs_find(&cu->abbrevs, code) : NULL;
    if (abbrev) {
        die->tag = abbrev->tag;
        die->has_children = abbrev->has_children;
        if (!read_attributes(cu, &cursor, abbrev, die))
            return false;
    }
    *off = (uint64_t)(cursor.at - cu->sections->info.data);
    return abbrev || !code;
}

static const char *text_at(struct dwarf_bytes section, uint64_t off)
{
    struct cursor cursor = dwarf_bytes_at(section, off);

    return dwarf_bytes_text(&cursor);
}

const char *dwarf_cu_text(const struct dwarf_cu *cu, const struct dwarf_value *value)
{
    struct cursor cursor;

    switch (value->form) {
    case DW_FORM_string:
        return value->text;
    case DW_FORM_strp:
        return text_at(cu->sections->str, value->number);
    case DW_FORM_line_strp:
        return text_at(cu->sections->line_str, value->number);
    case DW_FORM_strx:
    case DW_FORM_strx1:
    case DW_FORM_strx2:
    case DW_FORM_strx3:
    case DW_FORM_strx4:
    case DW_FORM_GNU_str_index:
        if (value->number > UINT32_MAX)
            return "";
        cursor = dwarf_bytes_at(cu->sections->str_offsets,
                                cu->str_offsets_base + value->number * cu->encoding.offset_bytes);
        return cursor.at < cursor.end
                   ? text_at(cu->sections->str, cursor_fixed(&cursor, cu->encoding.offset_bytes))
                   : "";
    default:
        return "";
    }
}

const char *dwarf_die_text(const struct dwarf_cu *cu, const struct dwarf_die *die,
                           enum dwarf_fact fact)
{
    return dwarf_die_has(die, fact) ? dwarf_cu_text(cu, &die->values[fact]) : "";
}

uint64_t dwarf_die_number(const struct dwarf_die *die, enum dwarf_fact fact)
{
    return dwarf_die_has(die, fact) ? die->values[fact].number : 0;
}

uint64_t dwarf_cu_address(const struct dwarf_cu *cu, uint64_t index)
{
    struct cursor cursor;

    if (index > UINT32_MAX)
        return 0;
    cursor = dwarf_bytes_at(cu->addr, cu->addr_base + index * cu->encoding.address_bytes);
    return cursor_fixed(&cursor, cu->encoding.address_bytes);
}

uint64_t dwarf_die_address(const struct dwarf_cu *cu, const struct dwarf_die *die,
                           enum dwarf_fact fact)
{
    if (!dwarf_die_has(die, fact))
        return 0;
    switch (die->values[fact].form) {
    case DW_FORM_addrx:
    case DW_FORM_addrx1:
    case DW_FORM_addrx2:
    case DW_FORM_addrx3:
    case DW_FORM_addrx4:
    case DW_FORM_GNU_addr_index:
        return dwarf_cu_address(cu, die->values[fact].number);
    default:
        return die->values[fact].number;
    }
}

bool dwarf_die_reference(const struct dwarf_cu *cu, const struct dwarf_die *die,
                         enum dwarf_fact fact, uint64_t *off)
{
    if (!dwarf_die_has(die, fact))
        return false;
    switch (die->values[fact].form) {
    case DW_FORM_ref1:
    case DW_FORM_ref2:
    case DW_FORM_ref4:
    case DW_FORM_ref8:
    case DW_FORM_ref_udata:
        *off = cu->start_off + die->values[fact].number;
        return true;
    case DW_FORM_ref_addr:
        *off = die->values[fact].number;
        return true;
    default:
        return false;
    }
}
