#include "ranges.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "binary/blocks.h"

/* One function, read once for all of its ranges. */
struct function {
    struct blocks blocks;
    uint64_t *steps;    /* by instruction: what the count changes by from the one before, modulo */
    uint32_t *barriers; /* by instruction: jumps that are always taken, before it */
    size_t capacity;
};

static void reserve(struct function *function)
{
    size_t count = function->blocks.instruction_count + 1;

    if (count > function->capacity) {
        function->capacity = count;
        function->steps = mem_realloc(function->steps, count * sizeof(*function->steps));
        function->barriers = mem_realloc(function->barriers, count * sizeof(*function->barriers));
    }
    memset(function->steps, 0, count * sizeof(*function->steps));
}

static void find_barriers(struct function *function)
{
    const struct blocks *blocks = &function->blocks;
    uint32_t passed = 0;

    for (size_t i = 0; i < blocks->block_count; i++) {
        const struct block *block = &blocks->blocks[i];

        for (uint32_t j = block->first; j < block->first + block->count; j++)
            function->barriers[j] = passed;
        passed += block->fall_through == BLOCK_NONE;
    }
}

/* The index of the instruction that starts there; false: none does. */
static bool find_instruction(const struct blocks *blocks, uint64_t vaddr, size_t *index)
{
    size_t low = 0, high = blocks->instruction_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (blocks->instructions[middle].vaddr < vaddr)
            low = middle + 1;
        else
            high = middle;
    }
    *index = low;
    return low < blocks->instruction_count && blocks->instructions[low].vaddr == vaddr;
}

/* All that is done for one image. */
struct counting {
    struct disassembler *disassembler;
    struct function function;
    struct branches_pair *jumps;
    size_t jump_count, next_jump;
    uint64_t max_count; /* of one range, so that no sum overflows */
    struct counts *counts;
    struct report_ranges *report;
};

static void add_range(struct counting *counting, const struct branches_pair *range)
{
    struct function *function = &counting->function;
    struct report_ranges *report = counting->report;
    uint64_t count = range->count < counting->max_count ? range->count : counting->max_count;
    size_t first, last;

    report->count = saturating_add(report->count, range->count);
    if (!find_instruction(&function->blocks, range->from_vaddr, &first) ||
        !find_instruction(&function->blocks, range->to_vaddr, &last) || first > last ||
        function->barriers[first] != function->barriers[last]) {
        report->bogus_count = saturating_add(report->bogus_count, range->count);
        return;
    }
    function->steps[first] += count;
    function->steps[last + 1] -= count;
}

static void append_counts(const struct function *function, struct counts *counts)
{
    uint64_t count = 0;

    for (size_t i = 0; i < function->blocks.instruction_count; i++) {
        count += function->steps[i];
        counts_add(counts, function->blocks.instructions[i].vaddr, count);
    }
}

/* Loops whose head is the first instruction of the function do not enter it. */
static void drop_loops(struct counting *counting, const struct image_symbol *symbol)
{
    const struct blocks *blocks = &counting->function.blocks;

    for (; counting->next_jump < counting->jump_count; counting->next_jump++) {
        struct branches_pair *jump = &counting->jumps[counting->next_jump];
        size_t at;

        if (jump->from_vaddr >= symbol->end_vaddr)
            return;
        if (jump->from_vaddr >= symbol->start_vaddr && jump->to_vaddr == symbol->start_vaddr &&
            find_instruction(blocks, jump->from_vaddr, &at) &&
            !(blocks->instructions[at].flags & INSTRUCTION_CALL))
            jump->count = 0;
    }
}

/* The ranges that begin in one function: [first, end). */
static void count_function(struct counting *counting, const struct image_symbol *symbol,
                           const struct branches_pair *first, const struct branches_pair *end)
{
    struct function *function = &counting->function;

    if (!blocks_read(counting->disassembler, symbol->start_vaddr, symbol->end_vaddr,
                     &function->blocks))
        function->blocks.instruction_count = function->blocks.block_count = 0;
    reserve(function);
    find_barriers(function);
    for (const struct branches_pair *range = first; range < end; range++)
        add_range(counting, range);
    append_counts(function, counting->counts);
    drop_loops(counting, symbol);
}

bool ranges_count(const struct image *image, const struct branches_pair *ranges, size_t range_count,
                  struct branches_pair *jumps, size_t jump_count, struct counts *counts,
                  struct report_ranges *report, struct err *err)
{
    static const struct image_symbol nowhere = {0};
    struct counting counting = {.disassembler = blocks_open(image, err),
                                .jumps = jumps,
                                .jump_count = jump_count,
                                .max_count = UINT64_MAX / (range_count + 1),
                                .counts = counts,
                                .report = report};
    size_t next = 0;

    if (!counting.disassembler)
        return false;
    while (next < range_count) {
        const struct image_symbol *symbol = image_find_symbol(image, ranges[next].from_vaddr);
        size_t end = next + 1;

        while (symbol && end < range_count && ranges[end].from_vaddr < symbol->end_vaddr)
            end++;
        count_function(&counting, symbol ? symbol : &nowhere, &ranges[next], &ranges[end]);
        next = end;
    }
    blocks_release(&counting.function.blocks);
    free(counting.function.steps);
    free(counting.function.barriers);
    blocks_close(counting.disassembler);
    return true;
}
