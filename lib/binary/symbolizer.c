#include "binary/symbolizer.h"

#include <dwarf.h>
#include <stdlib.h>

#include "base/memory.h"
#include "binary/dwarf_function.h"
#include "binary/dwarf_ranges.h"
#include "binary/dwarf_unit.h"

/* How much debug information may lie in memory while all of it is walked. */
#define FORGET_BYTES (2 << 20)

/* [start, end) of code that belongs to a unit. */
struct unit_range {
    uint64_t start_vaddr, end_vaddr;
    uint32_t unit;
};

struct symbolizer {
    struct dwarf_image dwarf;
    struct unit_range *ranges; /* sorted by start */
    size_t range_count, range_capacity;
    struct symbolizer_frame *frames; /* of the last look-up */
    size_t frame_capacity;
};

static void forget(const struct symbolizer *symbolizer, uint64_t off, uint64_t *forgotten_off)
{
    if (off - *forgotten_off <= FORGET_BYTES || symbolizer->dwarf.sections.were_compressed)
        return;
    image_forget(symbolizer->dwarf.image);
    *forgotten_off = off;
}

/* A unit that was only met is shut again: a large program has many. */
static void add_unit(struct symbolizer *symbolizer, const struct dwarf_cu *cu)
{
    struct dwarf_image *dwarf = &symbolizer->dwarf;
    struct dwarf_unit *unit = ARRAY_PUSH(dwarf->units, dwarf->unit_count, dwarf->unit_capacity);
    struct dwarf_ranges ranges;
    struct dwarf_die die;
    uint64_t start, end;

    *unit = (struct dwarf_unit){.cu = *cu};
    if (dwarf_cu_open(&unit->cu, NULL, &die))
        for (dwarf_ranges_begin(&ranges, &unit->cu, &die);
             dwarf_ranges_next(&ranges, &start, &end);)
            if (image_is_code(dwarf->image, start))
                *ARRAY_PUSH(symbolizer->ranges, symbolizer->range_count,
                            symbolizer->range_capacity) =
                    (struct unit_range){start, end, (uint32_t)dwarf->unit_count - 1};
    dwarf_cu_release(&unit->cu);
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
    struct dwarf_cu cu;
    uint64_t off = 0, forgotten_off = 0;

    while (dwarf_cu_read(&cu, &symbolizer->dwarf.sections, off, &off)) {
        if (dwarf_cu_is_code(&cu))
            add_unit(symbolizer, &cu);
        forget(symbolizer, off, &forgotten_off);
    }
    if (symbolizer->range_count)
        qsort(symbolizer->ranges, symbolizer->range_count, sizeof(*symbolizer->ranges),
              compare_ranges);
}

struct symbolizer *symbolizer_open(const struct image *image, struct err *err)
{
    struct symbolizer *symbolizer = mem_alloc(sizeof(*symbolizer));
    struct dwarf_image *dwarf = &symbolizer->dwarf;

    dwarf->image = image;
    dwarf->split.binary_path = image_path(image);
    if (!dwarf_sections_read(image_debug_elf(image), false, &dwarf->sections, err)) {
        err_prepend(err, "%s: ", image_path(image));
        symbolizer_close(symbolizer);
        return NULL;
    }
    read_units(symbolizer);
    if (dwarf->unit_count)
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
    struct dwarf_image *dwarf;

    if (!symbolizer)
        return;
    dwarf = &symbolizer->dwarf;
    for (size_t i = 0; i < dwarf->unit_count; i++)
        dwarf_unit_release(&dwarf->units[i]);
    dwarf_split_close(&dwarf->split);
    dwarf_sections_release(&dwarf->sections);
    byteset_release(&dwarf->origins);
    free(dwarf->functions);
    free(dwarf->units);
    arena_release(&dwarf->arena);
    free(symbolizer->ranges);
    free(symbolizer->frames);
    free(symbolizer);
}

/* Of units whose functions the linker has folded into one, the first one has them. */
static struct dwarf_unit *find_unit(struct symbolizer *symbolizer, uint64_t vaddr)
{
    const struct unit_range *ranges = symbolizer->ranges;
    size_t low = 0, high = symbolizer->range_count;
    struct dwarf_unit *unit;

    while (low < high) { /* the first range that starts beyond vaddr */
        size_t middle = low + (high - low) / 2;

        if (ranges[middle].start_vaddr <= vaddr)
            low = middle + 1;
        else
            high = middle;
    }
    while (low > 1 && ranges[low - 2].start_vaddr == ranges[low - 1].start_vaddr &&
           ranges[low - 2].end_vaddr > vaddr)
        low--;
    if (low == 0 || ranges[low - 1].end_vaddr <= vaddr)
        return NULL;
    unit = &symbolizer->dwarf.units[ranges[low - 1].unit];
    if (!unit->is_loaded)
        dwarf_unit_load(&symbolizer->dwarf, unit);
    return unit;
}

size_t symbolizer_find(struct symbolizer *symbolizer, uint64_t vaddr,
                       const struct symbolizer_frame **frames)
{
    const struct dwarf_unit *unit = find_unit(symbolizer, vaddr);
    uint32_t scope = unit ? dwarf_unit_find_scope(unit, vaddr) : DWARF_UNIT_NONE;
    const struct line_row *row = unit ? line_table_find(&unit->lines, vaddr) : NULL;
    uint32_t line = row ? row->line : 0;
    uint32_t discriminator = row ? dwarf_unit_discriminator(unit, row->discriminator) : 0;
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

/* The functions of an open unit: DIE by DIE, without a look at their nesting. */
static void visit_functions(struct symbolizer *symbolizer, struct dwarf_unit *unit,
                            const struct symbolizer_visitor *visitor)
{
    const struct dwarf_cu *cu = dwarf_unit_body(unit);
    uint64_t off = cu->die_off;
    struct dwarf_die die;

    while (dwarf_cu_next(cu, &off, &die)) {
        uint64_t origin_off;

        if (!dwarf_function_is(&die))
            continue;
        /* an origin in this unit comes by itself; one of another unit does not */
        if (!dwarf_die_has(&die, FACT_LINKAGE_NAME) &&
            dwarf_die_reference(cu, &die, FACT_ORIGIN, &origin_off) && origin_off >= cu->die_off &&
            origin_off < cu->end_off)
            continue;
        visitor->name(visitor->data, dwarf_function_name(&symbolizer->dwarf, unit, &die));
    }
}

void symbolizer_visit_units(struct symbolizer *symbolizer, const struct symbolizer_visitor *visitor)
{
    uint64_t forgotten_off = 0;

    for (size_t i = 0; i < symbolizer->dwarf.unit_count; i++) {
        struct dwarf_unit *unit = &symbolizer->dwarf.units[i];

        if (unit->cu.unit_type == DW_UT_partial)
            continue;
        dwarf_unit_open(&symbolizer->dwarf, unit);
        visitor->unit(visitor->data, unit->path);
        visit_functions(symbolizer, unit, visitor);
        dwarf_unit_shut(unit);
        forget(symbolizer, unit->cu.end_off, &forgotten_off);
    }
}

/* Of a function in several ranges those behind the first are cold parts. */
static void add_symbols(struct dwarf_image *dwarf, struct dwarf_unit *unit,
                        const struct dwarf_die *die, struct image *image)
{
    const struct symbolizer_function *function = dwarf_function_find(dwarf, unit, die);
    struct image_symbol symbol = {.name = function->linkage_name, .is_local = function->is_static};
    struct dwarf_ranges ranges;

    dwarf_ranges_begin(&ranges, dwarf_unit_body(unit), die);
    while (dwarf_ranges_next(&ranges, &symbol.start_vaddr, &symbol.end_vaddr)) {
        if (image_is_code(image, symbol.start_vaddr))
            image_add_symbol(image, &symbol);
        symbol.is_tail = true;
    }
}

void symbolizer_add_symbols(struct symbolizer *symbolizer, struct image *image)
{
    struct dwarf_image *dwarf = &symbolizer->dwarf;

    for (size_t i = 0; i < dwarf->unit_count; i++) {
        struct dwarf_unit *unit = &dwarf->units[i];
        uint64_t off;
        struct dwarf_die die;

        dwarf_unit_open(dwarf, unit);
        off = dwarf_unit_body(unit)->die_off;
        while (dwarf_cu_next(dwarf_unit_body(unit), &off, &die))
            if (die.tag == DW_TAG_subprogram)
                add_symbols(dwarf, unit, &die, image);
        dwarf_unit_shut(unit);
    }
    image_order_symbols(image);
}

const char *symbolizer_missing(const struct symbolizer *symbolizer)
{
    return symbolizer->dwarf.split.missing;
}
