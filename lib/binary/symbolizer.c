#include "binary/symbolizer.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdlib.h>

#include "base/memory.h"
#include "binary/dwarf_unit.h"

/* [start, end) of code that belongs to a unit. */
struct unit_range {
    uint64_t start_vaddr, end_vaddr;
    uint32_t unit;
};

struct symbolizer {
    struct arena arena;
    const struct image *image;
    Dwarf *dwarf;
    struct dwarf_unit *units;
    size_t unit_count, unit_capacity;
    struct unit_range *ranges; /* sorted by start */
    size_t range_count, range_capacity;
    struct dwarf_functions functions;
    struct symbolizer_frame *frames; /* of the last look-up */
    size_t frame_capacity;
};

static void add_unit(struct symbolizer *symbolizer, Dwarf_Die *die)
{
    Dwarf_Addr base, start, end;
    ptrdiff_t next = 0;

    *ARRAY_PUSH(symbolizer->units, symbolizer->unit_count, symbolizer->unit_capacity) =
        (struct dwarf_unit){.die_off = dwarf_dieoffset(die),
                            .path = dwarf_unit_read_path(die, &symbolizer->arena)};
    while ((next = dwarf_ranges(die, next, &base, &start, &end)) > 0)
        if (start < end)
            *ARRAY_PUSH(symbolizer->ranges, symbolizer->range_count, symbolizer->range_capacity) =
                (struct unit_range){start, end, (uint32_t)symbolizer->unit_count - 1};
}

static int compare_ranges(const void *left, const void *right)
{
    const struct unit_range *a = left, *b = right;

    if (a->start_vaddr != b->start_vaddr)
        return a->start_vaddr < b->start_vaddr ? -1 : 1;
    return a->unit < b->unit ? -1 : a->unit > b->unit;
}

/* clang writes no .debug_aranges: the table comes from the units' own ranges. */
static void read_units(struct symbolizer *symbolizer)
{
    Dwarf_CU *cu = NULL;
    Dwarf_Die die;

    while (dwarf_get_units(symbolizer->dwarf, cu, &cu, NULL, NULL, &die, NULL) == 0)
        if (dwarf_tag(&die) == DW_TAG_compile_unit)
            add_unit(symbolizer, &die);
    if (symbolizer->range_count)
        qsort(symbolizer->ranges, symbolizer->range_count, sizeof(*symbolizer->ranges),
              compare_ranges);
}

struct symbolizer *symbolizer_open(const struct image *image, struct err *err)
{
    struct symbolizer *symbolizer = mem_alloc(sizeof(*symbolizer));

    symbolizer->image = image;
    symbolizer->functions.arena = &symbolizer->arena;
    symbolizer->dwarf = dwarf_begin_elf(image_elf(image), DWARF_C_READ, NULL);
    if (symbolizer->dwarf)
        read_units(symbolizer);
    if (symbolizer->unit_count)
        return symbolizer;
    symbolizer_close(symbolizer);
    err_set(err, ERR_NOT_FOUND, "%s: no debug information, expected DWARF line tables",
            image_path(image));
    err_hint(err, "build it by pgo-build, or with -g1 -fdebug-info-for-profiling, and do not "
                  "strip it before it was converted");
    return NULL;
}

void symbolizer_close(struct symbolizer *symbolizer)
{
    if (!symbolizer)
        return;
    for (size_t i = 0; i < symbolizer->unit_count; i++)
        dwarf_unit_release(&symbolizer->units[i]);
    dwarf_end(symbolizer->dwarf);
    byteset_release(&symbolizer->functions.die_offs);
    free(symbolizer->functions.items);
    free(symbolizer->units);
    free(symbolizer->ranges);
    free(symbolizer->frames);
    arena_release(&symbolizer->arena);
    free(symbolizer);
}

static struct dwarf_unit *load(struct symbolizer *symbolizer, size_t unit)
{
    if (!symbolizer->units[unit].is_loaded)
        dwarf_unit_load(&symbolizer->units[unit], symbolizer->dwarf, &symbolizer->functions);
    return &symbolizer->units[unit];
}

static struct dwarf_unit *find_unit(struct symbolizer *symbolizer, uint64_t vaddr)
{
    size_t low = 0, high = symbolizer->range_count;

    while (low < high) { /* the first range that starts beyond vaddr */
        size_t middle = low + (high - low) / 2;

        if (symbolizer->ranges[middle].start_vaddr <= vaddr)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || symbolizer->ranges[low - 1].end_vaddr <= vaddr)
        return NULL;
    return load(symbolizer, symbolizer->ranges[low - 1].unit);
}

size_t symbolizer_find(struct symbolizer *symbolizer, uint64_t vaddr,
                       const struct symbolizer_frame **frames)
{
    const struct dwarf_unit *unit = find_unit(symbolizer, vaddr);
    uint32_t scope = unit ? dwarf_unit_find_scope(unit, vaddr) : DWARF_UNIT_NONE;
    const struct line_row *row = unit ? line_table_find(&unit->lines, vaddr) : NULL;
    uint32_t line = row ? row->line : 0, discriminator = row ? row->discriminator : 0;
    size_t count = 0;

    while (scope != DWARF_UNIT_NONE) {
        const struct dwarf_scope *at = &unit->scopes[scope];

        *ARRAY_PUSH(symbolizer->frames, count, symbolizer->frame_capacity) =
            (struct symbolizer_frame){at->function, line, discriminator};
        line = at->call_line;
        discriminator = at->call_discriminator;
        scope = at->parent;
    }
    *frames = symbolizer->frames;
    return count;
}

size_t symbolizer_unit_count(const struct symbolizer *symbolizer)
{
    return symbolizer->unit_count;
}

const char *symbolizer_unit_path(const struct symbolizer *symbolizer, size_t unit)
{
    return symbolizer->units[unit].path;
}

const struct symbolizer_function *const *symbolizer_unit_functions(struct symbolizer *symbolizer,
                                                                   size_t unit, size_t *count)
{
    const struct dwarf_unit *loaded = load(symbolizer, unit);

    *count = loaded->function_count;
    return loaded->functions;
}
