#include "binary/decode.h"

#include <capstone/capstone.h>

#include "binary/blocks.h"

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
static bool is_call(enum image_machine machine, const cs_insn *insn)
{
    if (machine == IMAGE_AARCH64)
        return insn->id == ARM64_INS_BL || insn->id == ARM64_INS_BLR;
    return in_group(insn->detail, CS_GRP_CALL);
}

/* x86's loop, loope and loopne: capstone 4 does not count them among the jumps. */
static bool is_jump(enum image_machine machine, const cs_insn *insn)
{
    if (machine == IMAGE_X86_64 &&
        (insn->id == X86_INS_LOOP || insn->id == X86_INS_LOOPE || insn->id == X86_INS_LOOPNE))
        return true;
    return in_group(insn->detail, CS_GRP_JUMP);
}

static unsigned find_flags(enum image_machine machine, const cs_insn *insn)
{
    unsigned flags;

    if (insn->id == 0) /* skipped data */
        return 0;
    flags = machine == IMAGE_X86_64 ? x86_flags(insn) : arm64_flags(insn);
    if (is_call(machine, insn))
        flags |= INSTRUCTION_CALL;
    else if (is_jump(machine, insn) || in_group(insn->detail, CS_GRP_RET))
        flags |= INSTRUCTION_JUMP;
    return flags;
}

/* The target of a direct jump or call, or 0: the immediate operand (the last one, on AArch64). */
static uint64_t find_target(enum image_machine machine, const cs_insn *insn)
{
    if (machine == IMAGE_X86_64) {
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

static bool is_conditional(enum image_machine machine, const cs_insn *insn)
{
    if (machine == IMAGE_AARCH64)
        return insn->id == ARM64_INS_CBZ || insn->id == ARM64_INS_CBNZ ||
               insn->id == ARM64_INS_TBZ || insn->id == ARM64_INS_TBNZ ||
               (insn->id == ARM64_INS_B && insn->detail->arm64.cc != ARM64_CC_INVALID &&
                insn->detail->arm64.cc != ARM64_CC_AL);
    return insn->id != X86_INS_JMP && is_jump(machine, insn);
}

/* The pointer of `call *SLOT(%rip)`: AArch64 takes two instructions for that. */
static uint64_t find_slot(enum image_machine machine, const cs_insn *insn)
{
    const cs_x86 *x86 = &insn->detail->x86;

    if (machine != IMAGE_X86_64 || !x86->op_count || x86->operands[0].type != X86_OP_MEM ||
        x86->operands[0].mem.base != X86_REG_RIP)
        return 0;
    return insn->address + insn->size + (uint64_t)x86->operands[0].mem.disp;
}

struct decoded decode_describe(enum image_machine machine, const void *insn)
{
    struct decoded decoded = {.flags = find_flags(machine, insn)};
    bool jumps = (decoded.flags & INSTRUCTION_JUMP) && is_jump(machine, insn);

    if (jumps || (decoded.flags & INSTRUCTION_CALL)) {
        decoded.target_vaddr = find_target(machine, insn);
        decoded.slot_vaddr = find_slot(machine, insn);
    }
    if (jumps) {
        decoded.is_conditional = is_conditional(machine, insn);
        decoded.is_computed =
            !decoded.target_vaddr && !decoded.slot_vaddr && !decoded.is_conditional;
    }
    return decoded;
}
