/*
 * dwarf_unit.h - one compile unit of DWARF, read into flat tables for quick look-up.
 *
 * Only for symbolizer.c. A scope is a subprogram or an inlined copy of one; scopes nest. The
 * nested address ranges are flattened into sorted, disjoint spans, each with its innermost
 * scope, so that a look-up is one binary search. Addresses are `vaddr`. Code that the linker has
 * dropped has no spans; of functions that it has folded into one, the first one has them.
 */
#ifndef BINARY_DWARF_UNIT_H
#define BINARY_DWARF_UNIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/byteset.h"
#include "base/memory.h"
#include "binary/dwarf_cu.h"
#include "binary/dwarf_file.h"
#include "binary/dwarf_files.h"
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
    struct dwarf_cu cu;    /* of the image's file */
    struct dwarf_cu split; /* of a .dwo or .dwp: what has the functions, if is_split */
    bool is_open, is_split, is_loaded;
    const char *path;
    struct dwarf_scope *scopes;
    size_t scope_count, scope_capacity;
    struct dwarf_span *spans;
    size_t span_count, span_capacity;
    struct line_table lines;
    struct dwarf_files files;
};

/* What the units of one image share: each function is described once. */
struct dwarf_image {
    const struct image *image;
    struct arena arena;
    struct dwarf_sections sections;
    struct dwarf_split split;
    struct dwarf_unit *units; /* in the order of .debug_info */
    size_t unit_count, unit_capacity;
    struct byteset origins; /* of `functions`: (sections, offset) → id */
    struct symbolizer_function **functions;
    size_t function_count, function_capacity;
};

/* Makes DIEs readable: the abbreviations, the split unit, the path. Damage leaves it empty. */
void dwarf_unit_open(struct dwarf_image *image, struct dwarf_unit *unit);

/* Frees what dwarf_unit_open() got, unless the unit is loaded. */
void dwarf_unit_shut(struct dwarf_unit *unit);

/* Reads the unit's scopes, spans and lines. Damage makes it less complete. */
void dwarf_unit_load(struct dwarf_image *image, struct dwarf_unit *unit);
void dwarf_unit_release(struct dwarf_unit *unit);

/* Where the unit's functions are: the split unit, if there is one. */
const struct dwarf_cu *dwarf_unit_body(const struct dwarf_unit *unit);

/* A discriminator as LLVM would write it: see symbolizer.h. */
uint32_t dwarf_unit_discriminator(const struct dwarf_unit *unit, uint64_t number);

/* The innermost scope at vaddr, or DWARF_UNIT_NONE. */
uint32_t dwarf_unit_find_scope(const struct dwarf_unit *unit, uint64_t vaddr);

#endif
