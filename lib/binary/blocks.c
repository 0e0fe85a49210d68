#include "binary/blocks.h"

#include <capstone/capstone.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* An instruction that ends a block. */
struct jump {
    uint64_t target_vaddr; /* 0: computed, or none */
    bool falls_through;    /* conditional */
    bool is_indirect;
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

static bool in_group(const cs_detail *detail, unsigned group)
{
    for (unsigned i = 0; i < detail->groups_count; i++)
        if (detail->groups[i] == group)
            return true;
    return false;
}

static unsigned x86_flags(const cs_insn *insn)
{
    unsigned flags = 0;

    switch (insn->id) {
    case X86_INS_NOP:
    case X86_INS_ENDBR64:
        return INSTRUCTION_NOP;
    case X86_INS_LEA: /* names memory, touches none */
        return 0;
    case X86_INS_DIV:
    case X86_INS_IDIV:
    case X86_INS_DIVSS:
    case X86_INS_DIVSD:
    case X86_INS_DIVPS:
    case X86_INS_DIVPD:
    case X86_INS_SQRTSS:
    case X86_INS_SQRTSD:
    case X86_INS_SQRTPS:
    case X86_INS_SQRTPD:
        flags |= INSTRUCTION_DIVIDE;
        break;
    case X86_INS_UD2:
    case X86_INS_HLT:
        return INSTRUCTION_JUMP;
    case X86_INS_POP:
    case X86_INS_RET:
        flags |= INSTRUCTION_LOAD;
        break;
    case X86_INS_PUSH:
        flags |= INSTRUCTION_STORE;
        break;
    default:
        break;
    }
    for (unsigned i = 0; i < insn->detail->x86.op_count; i++) {
        const cs_x86_op *operand = &insn->detail->x86.operands[i];

        if (operand->type != X86_OP_MEM)
            continue;
        /* capstone 4 leaves the access of some instructions empty: a source operand is read */
        if ((operand->access & CS_AC_READ) || (!operand->access && i > 0))
            flags |= INSTRUCTION_LOAD;
        if ((operand->access & CS_AC_WRITE) || (!operand->access && i == 0))
            flags |= INSTRUCTION_STORE;
    }
    return flags;
}

static unsigned arm64_flags(const cs_insn *insn)
{
    unsigned flags = 0;

    if (insn->id == ARM64_INS_NOP)
        return INSTRUCTION_NOP;
    if (insn->id == ARM64_INS_BRK)
        return INSTRUCTION_JUMP;
    if (insn->id == ARM64_INS_SDIV || insn->id == ARM64_INS_UDIV || insn->id == ARM64_INS_FDIV ||
        insn->id == ARM64_INS_FSQRT)
        flags |= INSTRUCTION_DIVIDE;
    for (unsigned i = 0; i < insn->detail->arm64.op_count; i++)
        if (insn->detail->arm64.operands[i].type == ARM64_OP_MEM)
            flags |= insn->mnemonic[0] == 's' ? INSTRUCTION_STORE : INSTRUCTION_LOAD;
    return flags;
}

/* AArch64's bl and blr are calls, which capstone 4 counts among the jumps alone. */
static bool is_call(const struct disassembler *disassembler, const cs_insn *insn)
{
    if (disassembler->machine == IMAGE_AARCH64)
        return insn->id == ARM64_INS_BL || insn->id == ARM64_INS_BLR;
    return in_group(insn->detail, CS_GRP_CALL);
}

/* x86's loop, loope and loopne: capstone 4 does not count them among the jumps. */
static bool is_jump(const struct disassembler *disassembler, const cs_insn *insn)
{
    if (disassembler->machine == IMAGE_X86_64 &&
        (insn->id == X86_INS_LOOP || insn->id == X86_INS_LOOPE || insn->id == X86_INS_LOOPNE))
        return true;
    return in_group(insn->detail, CS_GRP_JUMP);
}

static unsigned find_flags(const struct disassembler *disassembler, const cs_insn *insn)
{
    unsigned flags;

    if (insn->id == 0) /* skipped data */
        return 0;
    flags = disassembler->machine == IMAGE_X86_64 ? x86_flags(insn) : arm64_flags(insn);
    if (is_call(disassembler, insn))
        flags |= INSTRUCTION_CALL;
    else if (is_jump(disassembler, insn) || in_group(insn->detail, CS_GRP_RET))
        flags |= INSTRUCTION_JUMP;
    return flags;
}

/* The target of a direct jump, or 0: the immediate operand (the last one, on AArch64). */
static uint64_t find_target(const struct disassembler *disassembler, const cs_insn *insn)
{
    if (disassembler->machine == IMAGE_X86_64) {
        const cs_x86 *x86 = &insn->detail->x86;

        return x86->op_count && x86->operands[0].type == X86_OP_IMM ? (uint64_t)x86->operands[0].imm
                                                                    : 0;
    } else {
        const cs_arm64 *arm64 = &insn->detail->arm64;

        return arm64->op_count && arm64->operands[arm64->op_count - 1].type == ARM64_OP_IMM
                   ? (uint64_t)arm64->operands[arm64->op_count - 1].imm
                   : 0;
    }
}

static bool is_conditional(const struct disassembler *disassembler, const cs_insn *insn)
{
    if (disassembler->machine == IMAGE_AARCH64)
        return insn->id == ARM64_INS_CBZ || insn->id == ARM64_INS_CBNZ ||
               insn->id == ARM64_INS_TBZ || insn->id == ARM64_INS_TBNZ ||
               (insn->id == ARM64_INS_B && insn->detail->arm64.cc != ARM64_CC_INVALID &&
                insn->detail->arm64.cc != ARM64_CC_AL);
    return insn->id != X86_INS_JMP && is_jump(disassembler, insn);
}

static struct jump describe_jump(const struct disassembler *disassembler, const cs_insn *insn)
{
    struct jump jump = {.target_vaddr = find_target(disassembler, insn)};

    jump.falls_through = is_conditional(disassembler, insn);
    jump.is_indirect = is_jump(disassembler, insn) && !jump.target_vaddr && !jump.falls_through;
    return jump;
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
        unsigned flags = find_flags(disassembler, insn);

        add_instruction(blocks, insn->address, insn->size, flags);
        if (flags & INSTRUCTION_JUMP) {
            struct jump jump = describe_jump(disassembler, insn);

            *ARRAY_PUSH(blocks->jumps, blocks->jump_count, blocks->jump_capacity) = jump;
            add_leader(blocks, vaddr);
            if (jump.target_vaddr > start_vaddr && jump.target_vaddr < end_vaddr)
                add_leader(blocks, jump.target_vaddr);
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
        block->exit = jump->is_indirect             ? BLOCK_INDIRECT
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
