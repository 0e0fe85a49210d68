#include "estimate.h"

#include "base/number.h"
#include "binary/blocks.h"

/* What an instruction costs, in units of a simple one. */
static unsigned cost_of(const struct instruction *instruction)
{
    return instruction->flags & INSTRUCTION_LOAD ? 2 : 1;
}

/* The samples before `end_vaddr`, from *next on; moves *next behind them. */
static uint64_t take_samples(const struct counts *samples, size_t *next, uint64_t end_vaddr)
{
    uint64_t sum = 0;

    while (*next < samples->count && samples->items[*next].vaddr < end_vaddr)
        sum = saturating_add(sum, samples->items[(*next)++].count);
    return sum;
}

static void estimate_block(const struct instruction *instructions, uint32_t instruction_count,
                           uint64_t samples, struct counts *counts)
{
    uint64_t cost = 0, count;

    for (uint32_t i = 0; i < instruction_count; i++)
        cost += cost_of(&instructions[i]);
    count = saturating_multiply(samples, ESTIMATE_SCALE) / cost;
    for (uint32_t i = 0; i < instruction_count; i++)
        counts_add(counts, instructions[i].vaddr, count ? count : 1);
}

static void estimate_function(const struct blocks *blocks, const struct counts *samples,
                              size_t *next, struct counts *counts)
{
    for (size_t i = 0; i < blocks->block_count; i++) {
        const struct block *block = &blocks->blocks[i];
        const struct instruction *first = &blocks->instructions[block->first];
        const struct instruction *last = &first[block->count - 1];
        uint64_t sum = take_samples(samples, next, last->vaddr + last->len);

        if (sum)
            estimate_block(first, block->count, sum, counts);
    }
}

bool estimate_blocks(const struct image *image, const struct counts *samples, struct counts *counts,
                     struct err *err)
{
    struct disassembler *disassembler = blocks_open(image, err);
    struct blocks blocks = {0};
    size_t next = 0;

    if (!disassembler)
        return false;
    while (next < samples->count) {
        const struct count *sample = &samples->items[next];
        const struct image_symbol *symbol = image_find_symbol(image, sample->vaddr);
        size_t before = next;

        if (symbol && blocks_read(disassembler, symbol->start_vaddr, symbol->end_vaddr, &blocks))
            estimate_function(&blocks, samples, &next, counts);
        if (next == before) {
            counts_add(counts, sample->vaddr, saturating_multiply(sample->count, ESTIMATE_SCALE));
            next++;
        }
    }
    blocks_release(&blocks);
    blocks_close(disassembler);
    return true;
}
