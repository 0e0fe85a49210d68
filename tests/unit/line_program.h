/*
 * line_program.h - .debug_line sections made by hand, for unit tests.
 *
 * begin() writes a header, put_...() the opcodes behind it, finish() its length. Nothing is freed.
 * Numbers are from DWARF 5, sections 7.22 and 7.5.6 (forms), not from where the reader has them.
 */
#ifndef TESTS_UNIT_LINE_PROGRAM_H
#define TESTS_UNIT_LINE_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    DW_LNS_copy = 1,
    DW_LNS_advance_pc,
    DW_LNS_advance_line,
    DW_LNS_set_file,
    DW_LNS_set_column,
    DW_LNS_negate_stmt,
    DW_LNS_set_basic_block,
    DW_LNS_const_add_pc,
    DW_LNS_fixed_advance_pc,
    DW_LNS_set_prologue_end,
    DW_LNS_set_epilogue_begin,
    DW_LNS_set_isa,
};

/* Extended ones. */
enum {
    DW_LNE_end_sequence = 1,
    DW_LNE_set_address,
    DW_LNE_define_file,
    DW_LNE_set_discriminator,
    DW_LNE_lo_user = 0x80,
};

enum {
    DW_LNCT_path = 1,
    DW_LNCT_MD5 = 5,
    DW_FORM_string = 0x08,
    DW_FORM_data16 = 0x1e,
    DW_FORM_line_strp = 0x1f,
};

/* A section that grows; the lengths of its one table are filled in by finish(). */
struct section {
    uint8_t bytes[512];
    size_t len;
    size_t length_off, header_length_off; /* where they stand */
    unsigned offset_bytes;
};

/* What the header says; of_compilers is what clang and gcc write for x86-64. */
struct shape {
    unsigned version;
    bool is_64_bit;
    uint8_t min_instruction_bytes, max_operations;
    int8_t line_base;
    uint8_t line_range, opcode_base;
};

static const struct shape of_compilers = {5, false, 1, 1, -5, 14, 13};

/* Operands of the standard opcodes; what lies behind them is unknown and has three. */
static const uint8_t operand_counts[] = {0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 3};

static inline void put(struct section *section, uint64_t value, unsigned size_bytes)
{
    for (unsigned i = 0; i < size_bytes; i++)
        section->bytes[section->len++] = (uint8_t)(value >> (8 * i));
}

static inline void put_text(struct section *section, const char *text)
{
    memcpy(section->bytes + section->len, text, strlen(text) + 1);
    section->len += strlen(text) + 1;
}

static inline void put_uleb(struct section *section, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        put(section, value | 0x80, 1);
    put(section, value, 1);
}

static inline void put_sleb(struct section *section, int64_t value)
{
    for (; value < -64 || value >= 64; value >>= 7)
        put(section, (uint64_t)value | 0x80, 1);
    put(section, value & 0x7f, 1);
}

static inline void put_op(struct section *section, uint8_t opcode, uint64_t operand)
{
    put(section, opcode, 1);
    put_uleb(section, operand);
}

static inline void put_address(struct section *section, uint64_t vaddr, unsigned size_bytes)
{
    put_op(section, 0, 1 + size_bytes);
    put(section, DW_LNE_set_address, 1);
    put(section, vaddr, size_bytes);
}

static inline void put_discriminator(struct section *section, uint32_t discriminator)
{
    put_op(section, 0, discriminator < 0x80 ? 2 : 6);
    put(section, DW_LNE_set_discriminator, 1);
    put_uleb(section, discriminator);
}

static inline void put_end(struct section *section)
{
    put_op(section, 0, 1);
    put(section, DW_LNE_end_sequence, 1);
}

/* A row `bytes` after the last one, and the next has another line. */
static inline void put_row(struct section *section, uint64_t bytes, int64_t lines)
{
    put_op(section, DW_LNS_advance_pc, bytes);
    put(section, DW_LNS_advance_line, 1);
    put_sleb(section, lines);
    put(section, DW_LNS_copy, 1);
}

/* `bytes` from vaddr on, of one line. */
static inline void put_sequence(struct section *section, uint64_t vaddr, unsigned size_bytes,
                                uint64_t bytes, int64_t line)
{
    put_address(section, vaddr, size_bytes);
    put_row(section, 0, line - 1);
    put_op(section, DW_LNS_advance_pc, bytes);
    put_end(section);
}

static inline void put_files(struct section *section, unsigned version)
{
    if (version < 5) {
        put_text(section, "folder");
        put(section, 0, 1);
        put_text(section, "file.c");
        put(section, 0, 4); /* folder, time, size; then the end of the files */
        return;
    }
    put(section, 1, 1); /* folders: one field */
    put_op(section, DW_LNCT_path, DW_FORM_line_strp);
    put(section, 1, 1);
    put(section, 0, section->offset_bytes);
    put(section, 2, 1); /* files: two fields */
    put_op(section, DW_LNCT_path, DW_FORM_string);
    put_op(section, DW_LNCT_MD5, DW_FORM_data16);
    put(section, 1, 1);
    put_text(section, "file.c");
    put(section, UINT64_MAX, 8);
    put(section, UINT64_MAX, 8);
}

static inline void start(struct section *section, const struct shape *shape)
{
    section->offset_bytes = shape->is_64_bit ? 8 : 4;
    if (shape->is_64_bit)
        put(section, 0xffffffff, 4);
    section->length_off = section->len;
    put(section, 0, section->offset_bytes);
    put(section, shape->version, 2);
    if (shape->version >= 5)
        put(section, 8, 2); /* bytes of an address, of a segment selector */
    section->header_length_off = section->len;
    put(section, 0, section->offset_bytes);
    put(section, shape->min_instruction_bytes, 1);
    if (shape->version >= 4)
        put(section, shape->max_operations, 1);
    put(section, 1, 1); /* is_stmt */
    put(section, (uint8_t)shape->line_base, 1);
    put(section, shape->line_range, 1);
    put(section, shape->opcode_base, 1);
    for (unsigned i = 1; i < shape->opcode_base; i++)
        put(section, operand_counts[i - 1], 1);
    put_files(section, shape->version);
}

/* Fills a length in: of what follows it up to `end`. */
static inline void fill(struct section *section, size_t off, size_t end)
{
    size_t len = section->len;

    section->len = off;
    put(section, end - off - section->offset_bytes, section->offset_bytes);
    section->len = len;
}

static inline struct section begin(const struct shape *shape)
{
    struct section section = {.len = 0};

    start(&section, shape);
    fill(&section, section.header_length_off, section.len);
    return section;
}

static inline void finish(struct section *section)
{
    fill(section, section->length_off, section->len);
}

#endif
