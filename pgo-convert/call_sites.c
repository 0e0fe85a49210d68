#include "call_sites.h"

#include <stdlib.h>

#include "base/memory.h"
#include "binary/blocks.h"

/* The code of the function that was asked for last. */
struct code {
    const struct image_symbol *symbol; /* NULL: none yet */
    struct blocks blocks;
};

struct call_sites {
    const struct image *image;
    struct disassembler *disassembler;
    struct code caller, jumper;
};

struct call_sites *call_sites_open(const struct image *image, struct err *err)
{
    struct disassembler *disassembler = blocks_open(image, err);
    struct call_sites *sites;

    if (!disassembler)
        return NULL;
    sites = mem_alloc(sizeof(*sites));
    *sites = (struct call_sites){.image = image, .disassembler = disassembler};
    return sites;
}

void call_sites_close(struct call_sites *sites)
{
    if (!sites)
        return;
    blocks_close(sites->disassembler);
    blocks_release(&sites->caller.blocks);
    blocks_release(&sites->jumper.blocks);
    free(sites);
}

/* The function that holds vaddr; false if there is none. */
static bool read_code(struct call_sites *sites, struct code *code, uint64_t vaddr)
{
    const struct image_symbol *symbol = image_find_symbol(sites->image, vaddr);

    if (!symbol || symbol == code->symbol)
        return symbol;
    code->symbol = NULL;
    if (!blocks_read(sites->disassembler, symbol->start_vaddr, symbol->end_vaddr, &code->blocks))
        return false;
    code->symbol = symbol;
    return true;
}

/*
 * The jump by which a function ends in the callee: the one that names it, else the only computed
 * one. Which of several computed jumps it was cannot be told.
 */
static uint64_t find_tail_call(const struct blocks *blocks, uint64_t callee_vaddr)
{
    uint64_t computed_vaddr = CALL_SITE_NONE;
    size_t computed = 0;

    for (size_t i = 0; i < blocks->block_count; i++) {
        const struct block *block = &blocks->blocks[i];
        const struct instruction *last = &blocks->instructions[block->first + block->count - 1];

        if (!(last->flags & INSTRUCTION_JUMP) || (last->flags & INSTRUCTION_CALL))
            continue;
        if (last->target_vaddr == callee_vaddr)
            return last->vaddr;
        if (block->exit != BLOCK_INDIRECT)
            continue;
        computed_vaddr = last->vaddr;
        computed++;
    }
    return computed == 1 ? computed_vaddr : CALL_SITE_NONE;
}

/* NULL: none. */
static const struct instruction *find_call(struct call_sites *sites, uint64_t vaddr)
{
    const struct instruction *call = NULL;

    if (read_code(sites, &sites->caller, vaddr))
        call = blocks_find_instruction(&sites->caller.blocks, vaddr);
    return call && call->flags & INSTRUCTION_CALL ? call : NULL;
}

bool call_sites_is_call(struct call_sites *sites, uint64_t vaddr)
{
    return find_call(sites, vaddr);
}

uint64_t call_sites_find(struct call_sites *sites, uint64_t caller_vaddr, uint64_t callee_vaddr)
{
    const struct instruction *call = find_call(sites, caller_vaddr);

    if (!call)
        return CALL_SITE_NONE;
    if (!call->target_vaddr || call->target_vaddr == callee_vaddr)
        return call->vaddr;
    return read_code(sites, &sites->jumper, call->target_vaddr)
               ? find_tail_call(&sites->jumper.blocks, callee_vaddr)
               : CALL_SITE_NONE;
}
