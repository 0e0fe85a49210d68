/*
 * line_table.h - the line table of one compile unit: which line each address comes from.
 *
 * libdw has a reader too, but keeps a discriminator in 24 bits and gives up the whole table when
 * one is larger. clang -fpseudo-probe-for-profiling puts 32 bits on every call.
 *
 * Life cycle: `struct line_table table = {0};` is an empty one; line_table_read() once,
 * line_table_release(). Addresses are `vaddr`; the table is of an executable or a shared library,
 * where they need no relocation. Rows belong to the table.
 * Damage makes it less complete and is no error: what comes behind it is missing.
 * Source of the format: DWARF 2 to 5, section 6.2 (Line Number Information); see line_table.c.
 */
#ifndef BINARY_LINE_TABLE_H
#define BINARY_LINE_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* [vaddr, the next row's vaddr) */
struct line_row {
    uint64_t vaddr;
    uint32_t line;          /* 0: the compiler knows none, or no code of this unit (a gap) */
    uint32_t discriminator; /* encoded, as it stands in DWARF */
};

struct line_table {
    struct line_row *rows; /* sorted by vaddr; of rows at one address the last stands */
    size_t count;
};

/*
 * The table that starts at table_off (a unit's DW_AT_stmt_list) of a .debug_line section of `len`
 * bytes, which is little-endian and not compressed. `table` is empty before.
 */
void line_table_read(struct line_table *table, const void *section, size_t len, uint64_t table_off);
void line_table_release(struct line_table *table); /* it is empty again */

/* The row that holds vaddr, or NULL: it lies before all rows. */
const struct line_row *line_table_find(const struct line_table *table, uint64_t vaddr);

#endif
