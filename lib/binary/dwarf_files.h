/*
 * dwarf_files.h - the source files that a unit names by number (DW_AT_decl_file).
 *
 * They stand in the header of its line table, whose rows are line_table.h's.
 * Life cycle: `struct dwarf_files files = {0};`, dwarf_files_read() once, dwarf_files_release().
 * Damage makes it less complete.
 * Source of the format: DWARF 4 and 5, section 6.2.4.
 */
#ifndef BINARY_DWARF_FILES_H
#define BINARY_DWARF_FILES_H

#include "base/memory.h"
#include "binary/dwarf_cu.h"

struct dwarf_files {
    struct arena arena;
    const char **folders, **names; /* by number of the table; names have their folders */
    size_t folder_count, folder_capacity, count, capacity;
};

/* Of the line table at `off`, of a unit that was compiled in `folder`. */
void dwarf_files_read(struct dwarf_files *files, const struct dwarf_cu *cu, uint64_t off,
                      const char *folder);
void dwarf_files_release(struct dwarf_files *files);

/* File `number`; "" if there is none. Good until the release. */
const char *dwarf_files_name(const struct dwarf_files *files, uint64_t number);

#endif
