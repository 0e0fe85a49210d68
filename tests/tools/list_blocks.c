/*
 * list_blocks: what our basic blocks are, to compare with what a compiler says.
 *
 * usage: list_blocks BINARY
 *
 * For each function: "NAME BLOCKS CASES UNKNOWN ORPHANS GOOD": its blocks, the targets of its jump
 * tables, its computed jumps without a known table, the blocks but the first that nothing enters
 * (padding apart), and its calls for good.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "binary/blocks.h"

static bool is_padding(const struct blocks *blocks, const struct block *block)
{
    for (uint32_t i = 0; i < block->count; i++)
        if (!(blocks->instructions[block->first + i].flags & INSTRUCTION_NOP))
            return false;
    return true;
}

static size_t count_orphans(const struct blocks *blocks)
{
    bool *entered = mem_array(blocks->block_count, sizeof(*entered));
    size_t orphans = 0;

    for (size_t i = 0; i < blocks->block_count; i++) {
        const struct block *block = &blocks->blocks[i];

        if (block->fall_through != BLOCK_NONE)
            entered[block->fall_through] = true;
        if (block->target != BLOCK_NONE)
            entered[block->target] = true;
        for (uint32_t j = 0; j < block->case_count; j++)
            entered[blocks->cases[block->first_case + j]] = true;
    }
    for (size_t i = 1; i < blocks->block_count; i++)
        orphans += !entered[i] && !is_padding(blocks, &blocks->blocks[i]);
    free(entered);
    return orphans;
}

static void list(const char *name, const struct blocks *blocks)
{
    const unsigned for_good = INSTRUCTION_CALL | INSTRUCTION_JUMP;
    size_t unknown = 0, calls = 0;

    for (size_t i = 0; i < blocks->block_count; i++)
        unknown += blocks->blocks[i].exit == BLOCK_INDIRECT;
    for (size_t i = 0; i < blocks->instruction_count; i++)
        calls += (blocks->instructions[i].flags & for_good) == for_good;
    printf("%s %zu %zu %zu %zu %zu\n", name, blocks->block_count, blocks->case_count, unknown,
           count_orphans(blocks), calls);
}

int main(int argc, char **argv)
{
    struct err err = {0};
    struct image *image = argc == 2 ? image_open(argv[1], &err) : NULL;
    struct disassembler *disassembler = image ? blocks_open(image, &err) : NULL;
    const struct image_symbol *symbols = NULL;
    struct blocks blocks = {0};
    size_t count = 0;

    if (!disassembler)
        fprintf(stderr, "list_blocks: %s\n", argc == 2 ? err.message : "expected one BINARY");
    else
        symbols = image_symbols(image, &count);
    for (size_t i = 0; i < count; i++)
        if (blocks_read(disassembler, symbols[i].start_vaddr, symbols[i].end_vaddr, &blocks))
            list(symbols[i].name, &blocks);
    blocks_release(&blocks);
    blocks_close(disassembler);
    image_close(image);
    return disassembler ? 0 : 1;
}
