#include "binary/dwarf_unit.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "binary/section.h"

/* A GNU extension that dwarf.h of elfutils does not name (LLVM's Dwarf.def does). */
#ifndef DW_AT_GNU_discriminator
#define DW_AT_GNU_discriminator 0x2136
#endif

/* DIE trees nest as deep as the source's blocks; damage could nest without end. */
#define MAX_DEPTH 512

/* A copy names its origin, that perhaps another; damage could lead in a circle. */
#define MAX_ORIGINS 16

/* A range of a scope, before flattening. */
struct range {
    uint64_t start_vaddr, end_vaddr;
    uint32_t scope, depth;
};

struct loader {
    struct dwarf_unit *unit;
    struct dwarf_functions *functions;
    struct range *ranges;
    size_t range_count, range_capacity;
};

static const char *read_text(Dwarf_Die *die, unsigned name)
{
    Dwarf_Attribute attribute;
    const char *text = dwarf_formstring(dwarf_attr_integrate(die, name, &attribute));

    return text ? text : "";
}

/* dwarf_decl_file() takes index 0 for "none", as it was before DWARF 5: there it is the main file.
 */
static const char *read_file(Dwarf_Die *die)
{
    const char *file = dwarf_decl_file(die);
    Dwarf_Attribute attribute;
    Dwarf_Word index;
    Dwarf_Half version;
    Dwarf_Files *files;
    Dwarf_Die unit;
    size_t count;

    if (!file && dwarf_cu_info(die->cu, &version, NULL, NULL, NULL, NULL, NULL, NULL) == 0 &&
        version >= 5 &&
        dwarf_formudata(dwarf_attr_integrate(die, DW_AT_decl_file, &attribute), &index) == 0 &&
        index == 0 && dwarf_diecu(die, &unit, NULL, NULL) &&
        dwarf_getsrcfiles(&unit, &files, &count) == 0 && count > 0)
        file = dwarf_filesrc(files, 0, NULL, NULL);
    return file ? file : "";
}

static uint32_t read_number(Dwarf_Die *die, unsigned name)
{
    Dwarf_Attribute attribute;
    Dwarf_Word value;

    if (dwarf_formudata(dwarf_attr_integrate(die, name, &attribute), &value) != 0)
        return 0;
    return value > UINT32_MAX ? 0 : (uint32_t)value;
}

static bool read_flag(Dwarf_Die *die, unsigned name)
{
    Dwarf_Attribute attribute;
    bool value;

    return dwarf_formflag(dwarf_attr_integrate(die, name, &attribute), &value) == 0 && value;
}

const char *dwarf_unit_read_path(void *unit_die, struct arena *arena)
{
    const char *folder = read_text(unit_die, DW_AT_comp_dir);
    const char *name = read_text(unit_die, DW_AT_name);
    char *joined = path_join(folder, name), *normal = path_normalize(joined);
    const char *path = arena_strdup(arena, normal);

    free(joined);
    free(normal);
    return path;
}

/* With link-time optimization the origin of a copy is in another unit. */
static const char *unit_path(const struct loader *loader, Dwarf_Die *die)
{
    Dwarf_Die unit_die;

    if (!dwarf_diecu(die, &unit_die, NULL, NULL) ||
        dwarf_dieoffset(&unit_die) == loader->unit->die_off)
        return loader->unit->path;
    return dwarf_unit_read_path(&unit_die, loader->functions->arena);
}

static const struct symbolizer_function *describe(struct loader *loader, Dwarf_Die *die)
{
    struct arena *arena = loader->functions->arena;
    struct symbolizer_function *function = arena_alloc(arena, sizeof(*function));

    function->name = read_text(die, DW_AT_name);
    function->linkage_name = read_text(die, DW_AT_linkage_name);
    if (!function->linkage_name[0])
        function->linkage_name = read_text(die, DW_AT_MIPS_linkage_name);
    if (!function->linkage_name[0])
        function->linkage_name = function->name;
    if (!function->name[0])
        function->name = function->linkage_name;
    function->file = read_file(die);
    function->unit = unit_path(loader, die);
    function->start_line = read_number(die, DW_AT_decl_line);
    function->is_static = !read_flag(die, DW_AT_external);
    return function;
}

/* The function of a subprogram or inlined copy, described once for all its copies. */
static const struct symbolizer_function *find_function(struct loader *loader, Dwarf_Die *die)
{
    struct dwarf_functions *functions = loader->functions;
    Dwarf_Attribute attribute;
    Dwarf_Die origin = *die, next;
    Dwarf_Off off;
    uint32_t id;

    for (int i = 0; i < MAX_ORIGINS; i++) {
        if (!dwarf_formref_die(dwarf_attr(&origin, DW_AT_abstract_origin, &attribute), &next))
            break;
        origin = next;
    }
    off = dwarf_dieoffset(&origin);
    id = byteset_add(&functions->die_offs, &off, sizeof(off));
    if (id == functions->count)
        *ARRAY_PUSH(functions->items, functions->count, functions->capacity) =
            describe(loader, &origin);
    return functions->items[id];
}

static uint32_t add_scope(struct loader *loader, Dwarf_Die *die, uint32_t parent)
{
    struct dwarf_unit *unit = loader->unit;
    bool is_inlined = dwarf_tag(die) == DW_TAG_inlined_subroutine;
    struct dwarf_scope scope = {.function = find_function(loader, die), .parent = DWARF_UNIT_NONE};

    if (is_inlined && parent != DWARF_UNIT_NONE) {
        scope.parent = parent;
        scope.depth = unit->scopes[parent].depth + 1;
        scope.call_line = read_number(die, DW_AT_call_line);
        scope.call_discriminator = read_number(die, DW_AT_GNU_discriminator);
    }
    *ARRAY_PUSH(unit->functions, unit->function_count, unit->function_capacity) = scope.function;
    *ARRAY_PUSH(unit->scopes, unit->scope_count, unit->scope_capacity) = scope;
    return (uint32_t)unit->scope_count - 1;
}

static void add_ranges(struct loader *loader, Dwarf_Die *die, uint32_t scope)
{
    Dwarf_Addr base, start, end;
    ptrdiff_t next = 0;

    while ((next = dwarf_ranges(die, next, &base, &start, &end)) > 0)
        if (start < end)
            *ARRAY_PUSH(loader->ranges, loader->range_count, loader->range_capacity) =
                (struct range){start, end, scope, loader->unit->scopes[scope].depth};
}

/* A pure declaration is no function of this unit; an abstract one (inlined only) is. */
static bool is_function(Dwarf_Die *die)
{
    int tag = dwarf_tag(die);

    return tag == DW_TAG_inlined_subroutine ||
           (tag == DW_TAG_subprogram && !dwarf_hasattr(die, DW_AT_declaration));
}

static void walk(struct loader *loader, Dwarf_Die *parent_die, uint32_t parent, int depth)
{
    Dwarf_Die die;

    if (depth > MAX_DEPTH || dwarf_child(parent_die, &die) != 0)
        return;
    do {
        uint32_t scope = parent;

        if (is_function(&die)) {
            scope = add_scope(loader, &die, parent);
            add_ranges(loader, &die, scope);
        }
        if (dwarf_haschildren(&die) > 0)
            walk(loader, &die, scope, depth + 1);
    } while (dwarf_siblingof(&die, &die) == 0);
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
        if (open_count && range->end_vaddr > open[open_count - 1].end_vaddr)
            range->end_vaddr = open[open_count - 1].end_vaddr; /* damage: must nest */
        add_span(loader->unit, range->start_vaddr, range->scope);
        open[open_count++] = *range;
    }
    close_ranges(loader->unit, open, &open_count, UINT64_MAX);
    free(open);
}

/* Sections that are compressed have another name in the older form; libdw has decompressed both. */
static void load_lines(struct dwarf_unit *unit, Dwarf *dwarf, Dwarf_Die *unit_die)
{
    Elf *elf = dwarf_getelf(dwarf);
    Dwarf_Attribute attribute;
    Dwarf_Word table_off;
    const uint8_t *section;
    size_t len;

    if (dwarf_formudata(dwarf_attr(unit_die, DW_AT_stmt_list, &attribute), &table_off) == 0 &&
        (section_find(elf, ".debug_line", &section, &len) ||
         section_find(elf, ".zdebug_line", &section, &len)))
        line_table_read(&unit->lines, section, len, table_off);
}

void dwarf_unit_load(struct dwarf_unit *unit, void *dwarf, struct dwarf_functions *functions)
{
    struct loader loader = {.unit = unit, .functions = functions};
    Dwarf_Die die;

    unit->is_loaded = true;
    if (!dwarf_offdie(dwarf, unit->die_off, &die))
        return;
    walk(&loader, &die, DWARF_UNIT_NONE, 0);
    flatten(&loader);
    load_lines(unit, dwarf, &die);
    free(loader.ranges);
}

void dwarf_unit_release(struct dwarf_unit *unit)
{
    free(unit->scopes);
    free(unit->spans);
    line_table_release(&unit->lines);
    free(unit->functions);
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
