#include "binary/blocks.h"

#include <capstone/capstone.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "binary/decode.h"

/* An instruction that ends a block. */
struct jump {
    uint64_t target_vaddr; /* 0: computed, or none */
    bool falls_through;    /* conditional */
    bool is_computed;
};

struct disassembler {
    const struct image *image;
    csh handle;
    cs_insn *insn; /* reused for each instruction */
    enum image_machine machine;
};

struct disassembler *blocks_open(const struct image *image, struct err *err)
{
    enum image_machine machine = image_machine(image);
    struct disassembler *disassembler;
    csh handle;
    cs_err code;

    if (machine == IMAGE_OTHER) {
        err_set(err, ERR_UNSUPPORTED, "%s: neither x86-64 nor AArch64", image_path(image));
        err_hint(err, "--count=sum works without disassembling");
        return NULL;
    }
    code = machine == IMAGE_X86_64 ? cs_open(CS_ARCH_X86, CS_MODE_64, &handle)
                                   : cs_open(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, &handle);
    if (code != CS_ERR_OK) {
        err_set(err, ERR_UNSUPPORTED, "capstone: %s", cs_strerror(code));
        return NULL;
    }
    cs_option(handle, CS_OPT_DETAIL, CS_OPT_ON);
    cs_option(handle, CS_OPT_SKIPDATA, CS_OPT_ON);
    disassembler = mem_alloc(sizeof(*disassembler));
    *disassembler = (struct disassembler){image, handle, cs_malloc(handle), machine};
    return disassembler;
}

void blocks_close(struct disassembler *disassembler)
{
    if (!disassembler)
        return;
    cs_free(disassembler->insn, 1);
    cs_close(&disassembler->handle);
    free(disassembler);
}

static void add_leader(struct blocks *blocks, uint64_t vaddr)
{
    *ARRAY_PUSH(blocks->leaders, blocks->leader_count, blocks->leader_capacity) = vaddr;
}

static void add_instruction(struct blocks *blocks, uint64_t vaddr, size_t len, unsigned flags)
{
    *ARRAY_PUSH(blocks->instructions, blocks->instruction_count, blocks->instruction_capacity) =
        (struct instruction){vaddr, (uint8_t)len, (uint8_t)flags};
}

static void decode(struct disassembler *disassembler, const uint8_t *code, uint64_t start_vaddr,
                   uint64_t end_vaddr, struct blocks *blocks)
{
    size_t left = end_vaddr - start_vaddr;
    uint64_t vaddr = start_vaddr;

    add_leader(blocks, start_vaddr);
    while (left && cs_disasm_iter(disassembler->handle, &code, &left, &vaddr, disassembler->insn)) {
        const cs_insn *insn = disassembler->insn;
        struct decoded decoded = decode_describe(disassembler->machine, insn);

        add_instruction(blocks, insn->address, insn->size, decoded.flags);
        if (decoded.flags & INSTRUCTION_JUMP) {
            *ARRAY_PUSH(blocks->jumps, blocks->jump_count, blocks->jump_capacity) =
                (struct jump){decoded.target_vaddr, decoded.is_conditional, decoded.is_computed};
            add_leader(blocks, vaddr);
            if (decoded.target_vaddr > start_vaddr && decoded.target_vaddr < end_vaddr)
                add_leader(blocks, decoded.target_vaddr);
        }
    }
    for (; left; left--) /* capstone stops at less than a whole AArch64 instruction */
        add_instruction(blocks, end_vaddr - left, 1, 0);
}

static int compare_vaddrs(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;

    return *a < *b ? -1 : *a > *b;
}

/* Cuts the instructions at the sorted leaders. */
static void cut(struct blocks *blocks)
{
    struct block *block = NULL;
    size_t leader = 0;

    qsort(blocks->leaders, blocks->leader_count, sizeof(*blocks->leaders), compare_vaddrs);
    for (size_t i = 0; i < blocks->instruction_count; i++) {
        uint64_t vaddr = blocks->instructions[i].vaddr;

        if (!block || (leader < blocks->leader_count && blocks->leaders[leader] <= vaddr)) {
            block = ARRAY_PUSH(blocks->blocks, blocks->block_count, blocks->block_capacity);
            *block = (struct block){.first = (uint32_t)i};
        }
        while (leader < blocks->leader_count && blocks->leaders[leader] <= vaddr)
            leader++;
        block->count++;
    }
}

/* The block that starts at vaddr, or BLOCK_NONE. */
static uint32_t find_block(const struct blocks *blocks, uint64_t vaddr)
{
    size_t low = 0, high = blocks->block_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint64_t start = blocks->instructions[blocks->blocks[middle].first].vaddr;

        if (start == vaddr)
            return (uint32_t)middle;
        if (start < vaddr)
            low = middle + 1;
        else
            high = middle;
    }
    return BLOCK_NONE;
}

/* Where each block goes; a block without a jump was cut by a leader and falls through. */
static void connect(struct blocks *blocks)
{
    size_t next_jump = 0;

    for (size_t i = 0; i < blocks->block_count; i++) {
        struct block *block = &blocks->blocks[i];
        uint32_t next = i + 1 < blocks->block_count ? (uint32_t)i + 1 : BLOCK_NONE;
        const struct jump *jump;

        block->fall_through = next;
        block->target = BLOCK_NONE;
        block->exit = next == BLOCK_NONE ? BLOCK_LEAVES : BLOCK_STAYS;
        if (!(blocks->instructions[block->first + block->count - 1].flags & INSTRUCTION_JUMP))
            continue;
        jump = &blocks->jumps[next_jump++];
        if (!jump->falls_through)
            block->fall_through = BLOCK_NONE;
        if (jump->target_vaddr)
            block->target = find_block(blocks, jump->target_vaddr);
        block->exit = jump->is_computed             ? BLOCK_INDIRECT
                      : block->target == BLOCK_NONE ? BLOCK_LEAVES
                                                    : BLOCK_STAYS;
    }
}

bool blocks_read(struct disassembler *disassembler, uint64_t start_vaddr, uint64_t end_vaddr,
                 struct blocks *blocks)
{
    const uint8_t *code = image_code(disassembler->image, start_vaddr, end_vaddr);

    if (!code || start_vaddr >= end_vaddr)
        return false;
    blocks->instruction_count = blocks->block_count = 0;
    blocks->leader_count = blocks->jump_count = 0;
    decode(disassembler, code, start_vaddr, end_vaddr, blocks);
    cut(blocks);
    connect(blocks);
    return true;
}

void blocks_release(struct blocks *blocks)
{
    free(blocks->instructions);
    free(blocks->blocks);
    free(blocks->leaders);
    free(blocks->jumps);
    *blocks = (struct blocks){0};
}
