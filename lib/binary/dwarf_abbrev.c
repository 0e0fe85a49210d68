#include "binary/dwarf_abbrev.h"

#include <dwarf.h>
#include <stdlib.h>

#include "base/memory.h"

/* Attributes of one DIE; ends at a pair of zeros. */
static void read_specs(struct dwarf_abbrevs *abbrevs, struct cursor *cursor)
{
    while (cursor->at < cursor->end) {
        uint64_t name = cursor_uleb(cursor), form = cursor_uleb(cursor);
        struct dwarf_spec spec = {.name = name > UINT16_MAX ? 0 : (uint16_t)name,
                                  .form = form > UINT16_MAX ? 0 : (uint16_t)form};

        if (form == DW_FORM_implicit_const)
            spec.implicit = (int64_t)cursor_sleb(cursor);
        if (name == 0 && form == 0)
            return;
        *ARRAY_PUSH(abbrevs->specs, abbrevs->spec_count, abbrevs->spec_capacity) = spec;
    }
}

void dwarf_abbrevs_read(struct dwarf_abbrevs *abbrevs, struct dwarf_bytes section, uint64_t off)
{
    struct cursor cursor = dwarf_bytes_at(section, off);

    abbrevs->count = abbrevs->spec_count = 0;
    while (cursor.at < cursor.end) {
        struct dwarf_abbrev abbrev = {.code = cursor_uleb(&cursor)};
        uint64_t tag;

        if (abbrev.code == 0)
            return;
        tag = cursor_uleb(&cursor);
        abbrev.tag = tag > UINT16_MAX ? 0 : (uint16_t)tag;
        abbrev.has_children = cursor_fixed(&cursor, 1) != 0;
        abbrev.first_spec = (uint32_t)abbrevs->spec_count;
        read_specs(abbrevs, &cursor);
        abbrev.spec_count = (uint32_t)abbrevs->spec_count - abbrev.first_spec;
        *ARRAY_PUSH(abbrevs->items, abbrevs->count, abbrevs->capacity) = abbrev;
    }
}

void dwarf_abbrevs_release(struct dwarf_abbrevs *abbrevs)
{
    free(abbrevs->items);
    free(abbrevs->specs);
    *abbrevs = (struct dwarf_abbrevs){0};
}

const struct dwarf_abbrev *dwarf_abbrevs_find(const struct dwarf_abbrevs *abbrevs, uint64_t code)
{
    if (code > 0 && code <= abbrevs->count && abbrevs->items[code - 1].code == code)
        return &abbrevs->items[code - 1];
    for (size_t i = 0; i < abbrevs->count; i++)
        if (abbrevs->items[i].code == code)
            return &abbrevs->items[i];
    return NULL;
}
