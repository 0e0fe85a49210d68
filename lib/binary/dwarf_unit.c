#include "binary/dwarf_unit.h"

#include <dwarf.h>
#include <stdlib.h>

#include "base/path.h"
#include "binary/dwarf_function.h"
#include "binary/dwarf_ranges.h"

/* DIE trees nest as deep as the source's blocks; damage could nest without end. */
#define MAX_DEPTH 512

/* A range of a scope, before flattening. */
struct range {
    uint64_t start_vaddr, end_vaddr;
    uint32_t scope, depth;
};

struct loader {
    struct dwarf_image *image;
    struct dwarf_unit *unit;
    struct range *ranges;
    size_t range_count, range_capacity;
};

const struct dwarf_cu *dwarf_unit_body(const struct dwarf_unit *unit)
{
    return unit->is_split ? &unit->split : &unit->cu;
}

/* Its name below its compilation folder, normalized. */
static const char *read_path(struct arena *arena, const char *folder, const char *name)
{
    char *joined = path_join(folder, name), *normal = path_normalize(joined);
    const char *path = arena_strdup(arena, normal);

    free(joined);
    free(normal);
    return path;
}

/* A skeleton has the folder, its split unit the name. */
void dwarf_unit_open(struct dwarf_image *image, struct dwarf_unit *unit)
{
    const char *folder = "", *name = "";
    struct dwarf_die die, split_die;

    if (unit->is_open)
        return;
    unit->is_open = true;
    if (dwarf_cu_open(&unit->cu, NULL, &die)) {
        folder = dwarf_die_text(&unit->cu, &die, FACT_COMP_DIR);
        name = dwarf_die_text(&unit->cu, &die, FACT_NAME);
        unit->is_split = dwarf_split_find(&image->split, &unit->cu, &die, &unit->split) &&
                         dwarf_cu_open(&unit->split, &unit->cu, &split_die);
        if (unit->is_split)
            name = dwarf_die_text(&unit->split, &split_die, FACT_NAME);
    }
    if (!unit->path)
        unit->path = read_path(&image->arena, folder, name);
}

void dwarf_unit_shut(struct dwarf_unit *unit)
{
    if (unit->is_loaded)
        return;
    dwarf_cu_release(&unit->cu);
    dwarf_cu_release(&unit->split);
    unit->is_open = unit->is_split = false;
}

/* GCC's plain numbers as LLVM would write them: base in 5 bits, or 12 with bit 5 set; a zero below.
 */
static uint32_t encode(uint32_t plain)
{
    if (plain > 0xfff)
        return 0;
    return (plain < 0x20 ? plain : (plain & 0x1f) | 0x20 | (plain & 0xfe0) << 1) << 1;
}

uint32_t dwarf_unit_discriminator(const struct dwarf_unit *unit, uint64_t number)
{
    if (number > UINT32_MAX)
        return 0;
    return dwarf_unit_body(unit)->is_plain ? encode((uint32_t)number) : (uint32_t)number;
}

static uint32_t add_scope(struct loader *loader, const struct dwarf_die *die, uint32_t parent)
{
    struct dwarf_unit *unit = loader->unit;
    struct dwarf_scope scope = {.parent = DWARF_UNIT_NONE};

    scope.function = dwarf_function_find(loader->image, unit, die);
    if (die->tag == DW_TAG_inlined_subroutine && parent != DWARF_UNIT_NONE) {
        uint64_t line = dwarf_die_number(die, FACT_CALL_LINE);

        scope.parent = parent;
        scope.depth = unit->scopes[parent].depth + 1;
        scope.call_line = line > INT32_MAX ? 0 : (uint32_t)line;
        scope.call_discriminator =
            dwarf_unit_discriminator(unit, dwarf_die_number(die, FACT_DISCRIMINATOR));
    }
    *ARRAY_PUSH(unit->scopes, unit->scope_count, unit->scope_capacity) = scope;
    return (uint32_t)unit->scope_count - 1;
}

static void add_ranges(struct loader *loader, const struct dwarf_die *die, uint32_t scope)
{
    struct dwarf_ranges ranges;
    uint64_t start, end;

    dwarf_ranges_begin(&ranges, dwarf_unit_body(loader->unit), die);
    while (dwarf_ranges_next(&ranges, &start, &end))
        if (image_is_code(loader->image->image, start))
            *ARRAY_PUSH(loader->ranges, loader->range_count, loader->range_capacity) =
                (struct range){start, end, scope, loader->unit->scopes[scope].depth};
}

/*
 * What the symbol where a function starts knows better. -g1 has no DW_AT_external, but a symbol
 * that is not local is not static. GCC leaves out the linkage name of C++'s static functions.
 */
static void consult_symbol(struct loader *loader, const struct dwarf_die *die)
{
    const struct image *image = loader->image->image;
    struct symbolizer_function *function;
    const struct image_symbol *symbol;
    uint64_t vaddr;

    if (die->tag != DW_TAG_subprogram || !dwarf_die_has(die, FACT_LOW))
        return;
    vaddr = dwarf_die_address(dwarf_unit_body(loader->unit), die, FACT_LOW);
    symbol = image_is_code(image, vaddr) ? image_find_symbol(image, vaddr) : NULL;
    if (!symbol || symbol->start_vaddr != vaddr)
        return;
    function = dwarf_function_find(loader->image, loader->unit, die);
    if (!symbol->is_local)
        function->is_static = false;
    if (function->linkage_name == function->name && strncmp(symbol->name, "_Z", 2) == 0 &&
        strstr(symbol->name, function->name))
        function->linkage_name = symbol->name;
}

/* The DIEs come one by one; `parents` has the scope that is open at each depth. */
static void walk(struct loader *loader)
{
    const struct dwarf_cu *cu = dwarf_unit_body(loader->unit);
    uint32_t parents[MAX_DEPTH] = {DWARF_UNIT_NONE};
    uint64_t off = cu->die_off;
    struct dwarf_die die;
    size_t depth = 0;

    while (dwarf_cu_next(cu, &off, &die)) {
        uint32_t scope = parents[depth];

        if (die.tag == 0) {
            if (depth == 0)
                return;
            depth--;
            continue;
        }
        if (dwarf_function_is(&die)) {
            scope = add_scope(loader, &die, scope);
            add_ranges(loader, &die, scope);
            consult_symbol(loader, &die);
        }
        if (die.has_children) {
            if (depth + 1 == MAX_DEPTH)
                return;
            parents[++depth] = scope;
        }
    }
}

static int compare_ranges(const void *left, const void *right)
{
    const struct range *a = left, *b = right;

    if (a->start_vaddr != b->start_vaddr)
        return a->start_vaddr < b->start_vaddr ? -1 : 1;
    if (a->depth != b->depth)
        return a->depth < b->depth ? -1 : 1;
    return a->scope < b->scope ? -1 : a->scope > b->scope;
}

static void add_span(struct dwarf_unit *unit, uint64_t start_vaddr, uint32_t scope)
{
    struct dwarf_span *last = unit->span_count ? &unit->spans[unit->span_count - 1] : NULL;

    if (last && last->start_vaddr == start_vaddr)
        last->scope = scope;
    else if (!last || last->scope != scope)
        *ARRAY_PUSH(unit->spans, unit->span_count, unit->span_capacity) =
            (struct dwarf_span){start_vaddr, scope};
}

/* Closes the open ranges that end at or before `until`, innermost first. */
static void close_ranges(struct dwarf_unit *unit, const struct range *open, size_t *open_count,
                         uint64_t until_vaddr)
{
    while (*open_count && open[*open_count - 1].end_vaddr <= until_vaddr) {
        uint64_t end_vaddr = open[--*open_count].end_vaddr;

        add_span(unit, end_vaddr, *open_count ? open[*open_count - 1].scope : DWARF_UNIT_NONE);
    }
}

/* Nested ranges become disjoint spans: a stack of what is open at each start. */
static void flatten(struct loader *loader)
{
    struct range *open = mem_array(loader->range_count, sizeof(*open));
    size_t open_count = 0;

    if (loader->range_count)
        qsort(loader->ranges, loader->range_count, sizeof(*loader->ranges), compare_ranges);
    for (size_t i = 0; i < loader->range_count; i++) {
        struct range *range = &loader->ranges[i];

        close_ranges(loader->unit, open, &open_count, range->start_vaddr);
        if ((open_count ? open[open_count - 1].scope : DWARF_UNIT_NONE) !=
            loader->unit->scopes[range->scope].parent)
            continue; /* of a dropped or folded function */
        if (open_count && range->end_vaddr > open[open_count - 1].end_vaddr)
            range->end_vaddr = open[open_count - 1].end_vaddr; /* damage: must nest */
        add_span(loader->unit, range->start_vaddr, range->scope);
        open[open_count++] = *range;
    }
    close_ranges(loader->unit, open, &open_count, UINT64_MAX);
    free(open);
}

/* The line table is the skeleton's, also of a split unit. */
static void load_lines(struct dwarf_image *image, struct dwarf_unit *unit)
{
    uint64_t off = unit->cu.die_off, table_off;
    struct dwarf_die die;

    if (!dwarf_cu_next(&unit->cu, &off, &die) || !dwarf_die_has(&die, FACT_LINES))
        return;
    table_off = dwarf_die_number(&die, FACT_LINES);
    line_table_read(&unit->lines, image->sections.line.data, image->sections.line.len, table_off);
    dwarf_files_read(&unit->files, &unit->cu, table_off,
                     dwarf_die_text(&unit->cu, &die, FACT_COMP_DIR));
}

void dwarf_unit_load(struct dwarf_image *image, struct dwarf_unit *unit)
{
    struct loader loader = {.image = image, .unit = unit};

    dwarf_unit_open(image, unit);
    unit->is_loaded = true;
    load_lines(image, unit);
    walk(&loader);
    flatten(&loader);
    free(loader.ranges);
}

void dwarf_unit_release(struct dwarf_unit *unit)
{
    unit->is_loaded = false;
    dwarf_unit_shut(unit);
    line_table_release(&unit->lines);
    dwarf_files_release(&unit->files);
    free(unit->scopes);
    free(unit->spans);
}

uint32_t dwarf_unit_find_scope(const struct dwarf_unit *unit, uint64_t vaddr)
{
    size_t low = 0, high = unit->span_count;

    while (low < high) { /* the first span that starts beyond vaddr */
        size_t middle = low + (high - low) / 2;

        if (unit->spans[middle].start_vaddr <= vaddr)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? unit->spans[low - 1].scope : DWARF_UNIT_NONE;
}
