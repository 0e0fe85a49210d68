/*
 * dwarf_cu.h - units of .debug_info and their DIEs, read from bytes.
 *
 * Why not libdw: that of Debian 12 knows no packages (.dwp), loses which rows of a line table
 * belong together (dead ones mix with live ones), and keeps what it has read: here a unit is
 * walked and forgotten.
 *
 * A unit is read by dwarf_cu_read(), which gives the offset of the next one, and dwarf_cu_open(),
 * which reads what its first DIE says; dwarf_cu_release() frees its abbreviations. Everything
 * else is borrowed from the sections. A split unit (.dwo) is opened with its skeleton, which has
 * the addresses.
 * DIEs come one by one in the order of the file, with the attributes of `enum dwarf_fact` that
 * they have; only DIEs of units and functions have them, all others are passed over. Damage makes
 * values 0 or "" and ends the walk; nothing is read outside the sections.
 * Source of the format: DWARF 4 and 5, chapter 7; for split DWARF 4 the extensions of GCC
 * (DW_AT_GNU_*). Type units and alternate files (DW_FORM_*_alt, by dwz -m) are passed over.
 */
#ifndef BINARY_DWARF_CU_H
#define BINARY_DWARF_CU_H

#include <stdbool.h>
#include <stdint.h>

#include "base/memory.h"
#include "binary/dwarf_abbrev.h"
#include "binary/dwarf_bytes.h"
#include "binary/dwarf_form.h"

/* Of one file; of a package: those that belong to one unit. */
struct dwarf_sections {
    struct dwarf_bytes info, abbrev, str, line_str, str_offsets, addr, rnglists, ranges, line;
    bool were_compressed;      /* some of them, and libelf decompressed them in place */
    struct arena decompressed; /* the content of others */
};

struct dwarf_cu {
    const struct dwarf_sections *sections;
    uint64_t start_off, die_off, end_off; /* in .debug_info */
    uint64_t abbrev_off, dwo_id;
    struct dwarf_encoding encoding;
    uint8_t unit_type;
    uint64_t str_offsets_base, addr_base, rnglists_base, ranges_base;
    uint64_t low_vaddr;              /* range lists count from here */
    struct dwarf_bytes addr, ranges; /* of the skeleton, if there is one */
    bool is_split;
    bool is_plain; /* discriminators are plain numbers, as GCC writes them, not LLVM's code */
    struct dwarf_abbrevs abbrevs; /* empty unless it is open */
};

enum dwarf_fact {
    FACT_NAME,
    FACT_LINKAGE_NAME,
    FACT_SPECIFICATION,
    FACT_ORIGIN,
    FACT_LOW,
    FACT_HIGH,
    FACT_RANGES,
    FACT_CALL_LINE,
    FACT_DISCRIMINATOR,
    FACT_DECL_LINE,
    FACT_DECL_FILE,
    FACT_EXTERNAL,
    FACT_DECLARATION,
    FACT_COMP_DIR, /* from here on: units alone */
    FACT_PRODUCER,
    FACT_LINES,
    FACT_STR_OFFSETS_BASE,
    FACT_ADDR_BASE,
    FACT_RNGLISTS_BASE,
    FACT_RANGES_BASE,
    FACT_DWO_NAME,
    FACT_DWO_ID,
    FACT_COUNT,
};

struct dwarf_die {
    uint64_t off;
    uint16_t tag; /* 0: the end of the children of the DIE above */
    bool has_children;
    uint32_t facts; /* bit 1 << fact: it has that one */
    struct dwarf_value values[FACT_COUNT];
};

/* The header at `off`; false at the end of the section or where it is damaged. */
bool dwarf_cu_read(struct dwarf_cu *cu, const struct dwarf_sections *sections, uint64_t off,
                   uint64_t *next_off);

/* A unit that has code: neither of types nor of another kind. */
bool dwarf_cu_is_code(const struct dwarf_cu *cu);

/* `skeleton` is NULL, or open. The DIE of the unit goes to `die`; false: it has none. */
bool dwarf_cu_open(struct dwarf_cu *cu, const struct dwarf_cu *skeleton, struct dwarf_die *die);
void dwarf_cu_release(struct dwarf_cu *cu);

/* The DIE at *off, of an open unit; moves *off to the next one. False at the end of the unit. */
bool dwarf_cu_next(const struct dwarf_cu *cu, uint64_t *off, struct dwarf_die *die);

static inline bool dwarf_die_has(const struct dwarf_die *die, enum dwarf_fact fact)
{
    return die->facts & UINT32_C(1) << fact;
}

/* Of a DIE of that unit; "" or 0 where it has none. */
const char *dwarf_die_text(const struct dwarf_cu *cu, const struct dwarf_die *die,
                           enum dwarf_fact fact);
uint64_t dwarf_die_number(const struct dwarf_die *die, enum dwarf_fact fact);
uint64_t dwarf_die_address(const struct dwarf_cu *cu, const struct dwarf_die *die,
                           enum dwarf_fact fact);

/* The offset in .debug_info that a reference means; false: none, or in another file. */
bool dwarf_die_reference(const struct dwarf_cu *cu, const struct dwarf_die *die,
                         enum dwarf_fact fact, uint64_t *off);

/* The text that a value means; "" if it means none. */
const char *dwarf_cu_text(const struct dwarf_cu *cu, const struct dwarf_value *value);

/* Number `index` of the unit's addresses; 0 if there is none. */
uint64_t dwarf_cu_address(const struct dwarf_cu *cu, uint64_t index);

#endif
