#include "binary/line_table.h"

#include <dwarf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "binary/cursor.h"

/*
 * The header. An offset has 4 bytes, or 8 if the length starts with 0xffffffff (64-bit DWARF).
 *
 *   length                         offset   of all that follows
 *   version                        u16      2 to 5
 *   address size, selector size    u8, u8   from version 5 on
 *   header length                  offset   from here to the program
 *   minimum instruction length     u8
 *   operations an instruction      u8       from version 4 on
 *   is_stmt at the start           u8
 *   line base, line range          s8, u8
 *   opcode base                    u8
 *   operands of opcode 1, 2, ...   u8 each, opcode base - 1 of them
 *   folders and files                       passed over: their form depends on the version
 *
 * The program is made of opcodes. From the opcode base on they are special: one number says how far
 * address and line advance, and a row is added. 0 starts an extended one: ULEB128 length of all
 * that follows, u8 opcode, operands. The others have ULEB128 operands, with the exceptions that
 * run_standard() shows.
 */
#define LENGTH_IS_64_BIT 0xffffffff

/* Rows in growing order of addresses, from a start that a linker has placed to an end. */
struct sequence {
    uint64_t start_vaddr, end_vaddr;
    size_t first_row, row_count;
};

struct program {
    struct cursor cursor; /* at the next opcode */
    uint8_t min_instruction_bytes, max_operations;
    int8_t line_base;
    uint8_t line_range, opcode_base;
    const uint8_t *operand_counts; /* of opcode 1, 2, ... */

    /* The registers of the line machine, as far as they matter here. */
    uint64_t vaddr;
    uint64_t op_index; /* of an operation within a long instruction; below max_operations */
    uint32_t line, discriminator;
    bool is_placed; /* vaddr is that of code which is there */

    struct line_row *rows;
    size_t row_count, row_capacity;
    size_t first_row; /* of the sequence that is being read */
    struct sequence *sequences;
    size_t sequence_count, sequence_capacity;
};

static bool read_header(struct program *program, const uint8_t *section, size_t len,
                        uint64_t table_off)
{
    struct cursor header = {.at = section, .end = section + len}, rest;
    unsigned offset_bytes = 4;
    uint64_t len_bytes;
    uint16_t version;

    cursor_take(&header, table_off);
    len_bytes = cursor_u32(&header);
    if (len_bytes == LENGTH_IS_64_BIT) {
        len_bytes = cursor_u64(&header);
        offset_bytes = 8;
    }
    rest = header;
    cursor_take(&rest, len_bytes);
    header.end = rest.at;
    version = cursor_u16(&header);
    if (version < 2 || version > 5)
        return false;
    if (version >= 5)
        cursor_take(&header, 2);
    len_bytes = cursor_fixed(&header, offset_bytes);
    program->cursor = header;
    cursor_take(&program->cursor, len_bytes);
    program->min_instruction_bytes = cursor_u8(&header);
    program->max_operations = version >= 4 ? cursor_u8(&header) : 1;
    cursor_u8(&header); /* is_stmt */
    program->line_base = (int8_t)cursor_u8(&header);
    program->line_range = cursor_u8(&header);
    program->opcode_base = cursor_u8(&header);
    if (!program->max_operations || !program->line_range || !program->opcode_base)
        return false;
    program->operand_counts = cursor_take(&header, program->opcode_base - 1u);
    return !rest.is_damaged && !header.is_damaged;
}

static void start_sequence(struct program *program)
{
    program->vaddr = 0;
    program->op_index = 0;
    program->line = 1;
    program->discriminator = 0;
    program->is_placed = false;
    program->first_row = program->row_count;
}

/* At `end_vaddr`, or at its last row if that lies further. Without bytes it is as good as none. */
static void end_sequence(struct program *program, uint64_t end_vaddr)
{
    size_t first = program->first_row, count = program->row_count - first;
    uint64_t start_vaddr = count ? program->rows[first].vaddr : end_vaddr;

    if (count && end_vaddr < program->rows[first + count - 1].vaddr)
        end_vaddr = program->rows[first + count - 1].vaddr;
    if (start_vaddr < end_vaddr) {
        *ARRAY_PUSH(program->rows, program->row_count, program->row_capacity) =
            (struct line_row){.vaddr = end_vaddr};
        *ARRAY_PUSH(program->sequences, program->sequence_count, program->sequence_capacity) =
            (struct sequence){start_vaddr, end_vaddr, first, count + 1};
    }
    program->first_row = program->row_count;
}

/* Addresses must not step back within a sequence: where they do, a new one starts. */
static void add_row(struct program *program)
{
    struct line_row row = {program->vaddr, program->line, program->discriminator};

    program->discriminator = 0;
    if (!program->is_placed)
        return;
    if (program->row_count > program->first_row &&
        row.vaddr < program->rows[program->row_count - 1].vaddr)
        end_sequence(program, 0);
    *ARRAY_PUSH(program->rows, program->row_count, program->row_capacity) = row;
}

static void advance(struct program *program, uint64_t operations)
{
    uint64_t instructions = operations;

    if (program->max_operations > 1) {
        operations += program->op_index;
        instructions = operations / program->max_operations;
        program->op_index = operations % program->max_operations;
    }
    program->vaddr += instructions * program->min_instruction_bytes;
}

static void run_special(struct program *program, uint8_t opcode)
{
    uint8_t adjusted = (uint8_t)(opcode - program->opcode_base);

    advance(program, adjusted / program->line_range);
    program->line += (uint32_t)(program->line_base + adjusted % program->line_range);
    add_row(program);
}

/*
 * Code that a linker has left out is at 0 or, in the newer ones, at the largest or second largest
 * address; no executable has code there. What follows then has no place.
 */
static void set_address(struct program *program, uint64_t size_bytes)
{
    uint64_t largest = size_bytes == 4 ? UINT32_MAX : UINT64_MAX;

    program->is_placed = false;
    if (size_bytes == 4 || size_bytes == 8) {
        program->vaddr = cursor_fixed(&program->cursor, (unsigned)size_bytes);
        program->op_index = 0;
        program->is_placed = program->vaddr != 0 && program->vaddr < largest - 1;
    }
    if (!program->is_placed)
        end_sequence(program, 0);
}

static void run_extended(struct program *program)
{
    uint64_t len = cursor_uleb(&program->cursor);
    struct cursor rest = program->cursor;

    cursor_take(&rest, len);
    program->cursor.end = rest.at;
    switch (cursor_u8(&program->cursor)) {
    case DW_LNE_end_sequence:
        end_sequence(program, program->vaddr);
        start_sequence(program);
        break;
    case DW_LNE_set_address:
        set_address(program, len - 1);
        break;
    case DW_LNE_set_discriminator:
        program->discriminator = (uint32_t)cursor_uleb(&program->cursor);
        break;
    default:
        break;
    }
    program->cursor = rest;
}

static void run_standard(struct program *program, uint8_t opcode)
{
    switch (opcode) {
    case DW_LNS_copy:
        add_row(program);
        break;
    case DW_LNS_advance_pc:
        advance(program, cursor_uleb(&program->cursor));
        break;
    case DW_LNS_advance_line:
        program->line += (uint32_t)cursor_sleb(&program->cursor);
        break;
    case DW_LNS_const_add_pc: /* as far as special opcode 255 */
        advance(program, (255 - program->opcode_base) / program->line_range);
        break;
    case DW_LNS_fixed_advance_pc:
        program->vaddr += cursor_u16(&program->cursor);
        program->op_index = 0;
        break;
    default: /* those that do not matter, and unknown ones */
        for (unsigned i = program->operand_counts[opcode - 1]; i > 0; i--)
            cursor_uleb(&program->cursor);
        break;
    }
}

static void run(struct program *program)
{
    start_sequence(program);
    while (program->cursor.at < program->cursor.end) {
        uint8_t opcode = *program->cursor.at++;

        if (opcode >= program->opcode_base)
            run_special(program, opcode);
        else if (opcode == 0)
            run_extended(program);
        else
            run_standard(program, opcode);
    }
    end_sequence(program, 0); /* cut off: known up to the last row */
}

static int compare_sequences(const void *left, const void *right)
{
    const struct sequence *a = left, *b = right;

    if (a->start_vaddr != b->start_vaddr)
        return a->start_vaddr < b->start_vaddr ? -1 : 1;
    return a->first_row < b->first_row ? -1 : a->first_row > b->first_row;
}

/* Linkers fold functions of equal code: of sequences that overlap the first stands. */
static void keep_sequences(const struct program *program, struct line_table *table)
{
    uint64_t end_vaddr = 0;

    table->rows = mem_array(program->row_count, sizeof(*table->rows));
    for (size_t i = 0; i < program->sequence_count; i++) {
        const struct sequence *sequence = &program->sequences[i];

        if (sequence->start_vaddr < end_vaddr)
            continue;
        memcpy(&table->rows[table->count], &program->rows[sequence->first_row],
               sequence->row_count * sizeof(*table->rows));
        table->count += sequence->row_count;
        end_vaddr = sequence->end_vaddr;
    }
}

void line_table_read(struct line_table *table, const void *section, size_t len, uint64_t table_off)
{
    struct program program = {.rows = NULL};

    if (!read_header(&program, section, len, table_off))
        return;
    run(&program);
    if (program.sequence_count) {
        qsort(program.sequences, program.sequence_count, sizeof(*program.sequences),
              compare_sequences);
        keep_sequences(&program, table);
    }
    free(program.sequences);
    free(program.rows);
}

void line_table_release(struct line_table *table)
{
    free(table->rows);
    *table = (struct line_table){0};
}

const struct line_row *line_table_find(const struct line_table *table, uint64_t vaddr)
{
    size_t low = 0, high = table->count;

    while (low < high) { /* the first row beyond vaddr */
        size_t middle = low + (high - low) / 2;

        if (table->rows[middle].vaddr <= vaddr)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? &table->rows[low - 1] : NULL;
}
