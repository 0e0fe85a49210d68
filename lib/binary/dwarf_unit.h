/*
 * dwarf_unit.h - one compile unit of DWARF, read into flat tables for quick look-up.
 *
 * Only for symbolizer.c. A scope is a subprogram or an inlined copy of one; scopes nest. The
 * nested address ranges are flattened into sorted, disjoint spans, each with its innermost
 * scope, so that a look-up is one binary search. Addresses are `vaddr`.
 */
#ifndef BINARY_DWARF_UNIT_H
#define BINARY_DWARF_UNIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/byteset.h"
#include "base/memory.h"
#include "binary/line_table.h"
#include "binary/symbolizer.h"

#define DWARF_UNIT_NONE UINT32_MAX

struct dwarf_scope {
    const struct symbolizer_function *function;
    uint32_t parent; /* the scope around it, or DWARF_UNIT_NONE for a subprogram */
    uint32_t depth;
    uint32_t call_line, call_discriminator; /* where `parent` calls it, if inlined */
};

/* [start, the next span's start): innermost scope, or DWARF_UNIT_NONE in a gap. */
struct dwarf_span {
    uint64_t start_vaddr;
    uint32_t scope;
};

struct dwarf_unit {
    uint64_t die_off; /* of the unit's DIE in .debug_info */
    const char *path;
    bool is_loaded;
    struct dwarf_scope *scopes;
    size_t scope_count, scope_capacity;
    struct dwarf_span *spans;
    size_t span_count, span_capacity;
    struct line_table lines;
    const struct symbolizer_function **functions;
    size_t function_count, function_capacity;
};

/* What the units of one image share: each function is described once. */
struct dwarf_functions {
    struct arena *arena;
    struct byteset die_offs; /* Dwarf_Off → id */
    const struct symbolizer_function **items;
    size_t count, capacity;
};

/* Reads the unit's scopes, spans and lines. `dwarf` is a Dwarf *. Damage makes it less complete. */
void dwarf_unit_load(struct dwarf_unit *unit, void *dwarf, struct dwarf_functions *functions);
void dwarf_unit_release(struct dwarf_unit *unit);

/* The innermost scope at vaddr, or DWARF_UNIT_NONE. */
uint32_t dwarf_unit_find_scope(const struct dwarf_unit *unit, uint64_t vaddr);

/* The unit's path: its name below its compilation folder, normalized, in the arena. */
const char *dwarf_unit_read_path(void *unit_die, struct arena *arena);

#endif
