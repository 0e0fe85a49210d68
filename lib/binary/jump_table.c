#include "binary/jump_table.h"

#include <capstone/capstone.h>
#include <string.h>

#include "base/memory.h"

/* A comparison with more is not of a table's index. */
#define MAX_BOUND 65536

#define NO_REGISTER 0xff

/* The 32- and 64-bit names of a register, and the lower parts that are compared. */
static uint8_t x86_register(unsigned name)
{
    static const uint8_t numbers[X86_REG_ENDING] = {
        [X86_REG_RAX] = 1,  [X86_REG_EAX] = 1,   [X86_REG_AX] = 1,    [X86_REG_AL] = 1,
        [X86_REG_RBX] = 2,  [X86_REG_EBX] = 2,   [X86_REG_BX] = 2,    [X86_REG_BL] = 2,
        [X86_REG_RCX] = 3,  [X86_REG_ECX] = 3,   [X86_REG_CX] = 3,    [X86_REG_CL] = 3,
        [X86_REG_RDX] = 4,  [X86_REG_EDX] = 4,   [X86_REG_DX] = 4,    [X86_REG_DL] = 4,
        [X86_REG_RSI] = 5,  [X86_REG_ESI] = 5,   [X86_REG_SI] = 5,    [X86_REG_SIL] = 5,
        [X86_REG_RDI] = 6,  [X86_REG_EDI] = 6,   [X86_REG_DI] = 6,    [X86_REG_DIL] = 6,
        [X86_REG_RBP] = 7,  [X86_REG_EBP] = 7,   [X86_REG_BP] = 7,    [X86_REG_BPL] = 7,
        [X86_REG_R8] = 8,   [X86_REG_R8D] = 8,   [X86_REG_R8W] = 8,   [X86_REG_R8B] = 8,
        [X86_REG_R9] = 9,   [X86_REG_R9D] = 9,   [X86_REG_R9W] = 9,   [X86_REG_R9B] = 9,
        [X86_REG_R10] = 10, [X86_REG_R10D] = 10, [X86_REG_R10W] = 10, [X86_REG_R10B] = 10,
        [X86_REG_R11] = 11, [X86_REG_R11D] = 11, [X86_REG_R11W] = 11, [X86_REG_R11B] = 11,
        [X86_REG_R12] = 12, [X86_REG_R12D] = 12, [X86_REG_R12W] = 12, [X86_REG_R12B] = 12,
        [X86_REG_R13] = 13, [X86_REG_R13D] = 13, [X86_REG_R13W] = 13, [X86_REG_R13B] = 13,
        [X86_REG_R14] = 14, [X86_REG_R14D] = 14, [X86_REG_R14W] = 14, [X86_REG_R14B] = 14,
        [X86_REG_R15] = 15, [X86_REG_R15D] = 15, [X86_REG_R15W] = 15, [X86_REG_R15B] = 15,
    };

    return name < X86_REG_ENDING && numbers[name] ? numbers[name] : NO_REGISTER;
}

static uint8_t arm64_register(unsigned name)
{
    if (name >= ARM64_REG_W0 && name <= ARM64_REG_W30)
        return (uint8_t)(name - ARM64_REG_W0);
    if (name >= ARM64_REG_X0 && name <= ARM64_REG_X28)
        return (uint8_t)(name - ARM64_REG_X0);
    if (name == ARM64_REG_X29 || name == ARM64_REG_X30)
        return name == ARM64_REG_X29 ? 29 : 30;
    return NO_REGISTER;
}

static struct held look_up(const struct jump_table_walk *walk, unsigned name)
{
    uint8_t number = walk->machine == IMAGE_X86_64 ? x86_register(name) : arm64_register(name);

    return number == NO_REGISTER ? (struct held){0} : walk->registers[number];
}

static void set(struct jump_table_walk *walk, unsigned name, struct held held)
{
    uint8_t number = walk->machine == IMAGE_X86_64 ? x86_register(name) : arm64_register(name);

    if (number == NO_REGISTER)
        return;
    if (!held.value)
        held.value = walk->next_value++;
    walk->registers[number] = held;
}

static void set_address(struct jump_table_walk *walk, unsigned name, uint64_t vaddr)
{
    set(walk, name, (struct held){.kind = HELD_ADDRESS, .table.table_vaddr = vaddr});
}

static void compare(struct jump_table_walk *walk, struct held held, int64_t with)
{
    bool is_sane = with >= 0 && with < MAX_BOUND;

    walk->compared_value = is_sane ? held.value : 0;
    walk->compared_with = is_sane ? (uint32_t)with : 0;
}

/* The branch for larger values was not taken. */
static void bound(struct jump_table_walk *walk, bool is_inclusive)
{
    walk->bound_value = walk->compared_value;
    walk->bound_count = walk->compared_with + is_inclusive;
}

/* What an indexed load from `table_vaddr` gives. */
static struct held entry_at(const struct jump_table_walk *walk, uint64_t table_vaddr,
                            struct held index, unsigned width, bool is_signed)
{
    struct held held = {.kind = width == 8 ? HELD_TARGET : HELD_ENTRY};

    held.table.table_vaddr = table_vaddr;
    held.table.width = (uint8_t)width;
    held.table.is_signed = is_signed;
    if (index.value && index.value == walk->bound_value)
        held.table.count = walk->bound_count;
    return held;
}

static struct held add(struct held address, struct held entry, unsigned shift)
{
    if (address.kind != HELD_ADDRESS || entry.kind != HELD_ENTRY || shift > 3)
        return (struct held){0};
    entry.kind = HELD_TARGET;
    entry.value = 0;
    entry.table.base_vaddr = address.table.table_vaddr;
    entry.table.shift = (uint8_t)shift;
    return entry;
}

static struct held x86_load(const struct jump_table_walk *walk, const cs_x86_op *operand,
                            bool is_signed)
{
    const x86_op_mem *mem = &operand->mem;
    struct held base = look_up(walk, mem->base);
    uint64_t table_vaddr = (uint64_t)mem->disp;

    if (mem->index == X86_REG_INVALID || mem->scale != operand->size || mem->segment)
        return (struct held){0};
    if (mem->base != X86_REG_INVALID && base.kind != HELD_ADDRESS)
        return (struct held){0};
    if (mem->base != X86_REG_INVALID)
        table_vaddr += base.table.table_vaddr;
    return entry_at(walk, table_vaddr, look_up(walk, mem->index), operand->size, is_signed);
}

static void x86_lea(struct jump_table_walk *walk, const cs_insn *insn)
{
    const cs_x86_op *operands = insn->detail->x86.operands;
    const x86_op_mem *mem = &operands[1].mem;

    if (mem->base == X86_REG_RIP)
        set_address(walk, operands[0].reg, insn->address + insn->size + (uint64_t)mem->disp);
    else
        set(walk, operands[0].reg, (struct held){0});
}

static void x86_move(struct jump_table_walk *walk, const cs_insn *insn)
{
    const cs_x86_op *operands = insn->detail->x86.operands;
    struct held held = {0};

    if (operands[1].type == X86_OP_REG)
        held = look_up(walk, operands[1].reg);
    else if (operands[1].type == X86_OP_MEM)
        held = x86_load(walk, &operands[1], insn->id != X86_INS_MOVZX);
    else if (operands[1].type == X86_OP_IMM)
        held = (struct held){.kind = HELD_ADDRESS, .table.table_vaddr = (uint64_t)operands[1].imm};
    set(walk, operands[0].reg, held);
}

static void x86_add(struct jump_table_walk *walk, const cs_insn *insn)
{
    const cs_x86_op *operands = insn->detail->x86.operands;
    struct held to = look_up(walk, operands[0].reg), from = {0};

    if (operands[1].type == X86_OP_REG)
        from = look_up(walk, operands[1].reg);
    set(walk, operands[0].reg, to.kind == HELD_ENTRY ? add(from, to, 0) : add(to, from, 0));
}

/* Whatever else it does: what it writes is not known any more, nor what was compared. */
static void x86_other(struct jump_table_walk *walk, const cs_insn *insn)
{
    const cs_x86 *x86 = &insn->detail->x86;

    for (unsigned i = 0; i < x86->op_count; i++)
        if (x86->operands[i].type == X86_OP_REG &&
            ((x86->operands[i].access & CS_AC_WRITE) || (!x86->operands[i].access && i == 0)))
            set(walk, x86->operands[i].reg, (struct held){0});
    for (unsigned i = 0; i < insn->detail->regs_write_count; i++) {
        if (insn->detail->regs_write[i] == X86_REG_EFLAGS)
            walk->compared_value = 0;
        set(walk, insn->detail->regs_write[i], (struct held){0});
    }
}

static void x86_step(struct jump_table_walk *walk, const cs_insn *insn)
{
    const cs_x86 *x86 = &insn->detail->x86;
    bool to_register = x86->op_count == 2 && x86->operands[0].type == X86_OP_REG;

    if (insn->id == X86_INS_JA || insn->id == X86_INS_JAE)
        bound(walk, insn->id == X86_INS_JA);
    else if (insn->id == X86_INS_CMP && to_register && x86->operands[1].type == X86_OP_IMM)
        compare(walk, look_up(walk, x86->operands[0].reg), x86->operands[1].imm);
    else if (insn->id == X86_INS_LEA && to_register)
        x86_lea(walk, insn);
    else if (to_register &&
             (insn->id == X86_INS_MOV || insn->id == X86_INS_MOVABS || insn->id == X86_INS_MOVZX ||
              insn->id == X86_INS_MOVSX || insn->id == X86_INS_MOVSXD))
        x86_move(walk, insn);
    else if (insn->id == X86_INS_ADD && to_register)
        x86_add(walk, insn);
    else
        x86_other(walk, insn);
}

/* Bytes that an indexed load reads; 0: none that reads entries of tables. */
static unsigned arm64_load_width(const cs_insn *insn)
{
    switch (insn->id) {
    case ARM64_INS_LDRB:
    case ARM64_INS_LDRSB:
        return 1;
    case ARM64_INS_LDRH:
    case ARM64_INS_LDRSH:
        return 2;
    case ARM64_INS_LDRSW:
        return 4;
    case ARM64_INS_LDR:
        return insn->detail->arm64.operands[0].reg >= ARM64_REG_X0 ? 8 : 4;
    default:
        return 0;
    }
}

static struct held arm64_load(const struct jump_table_walk *walk, const cs_insn *insn,
                              unsigned width)
{
    const cs_arm64_op *from = &insn->detail->arm64.operands[1];
    struct held base;

    if (from->type != ARM64_OP_MEM || from->mem.index == ARM64_REG_INVALID ||
        1u << (from->shift.value & 7) != width)
        return (struct held){0};
    base = look_up(walk, from->mem.base);
    if (base.kind != HELD_ADDRESS)
        return (struct held){0};
    return entry_at(walk, base.table.table_vaddr, look_up(walk, from->mem.index), width,
                    insn->id == ARM64_INS_LDRSB || insn->id == ARM64_INS_LDRSH ||
                        insn->id == ARM64_INS_LDRSW);
}

static struct held arm64_add(const struct jump_table_walk *walk, const cs_arm64_op *operands)
{
    struct held left = look_up(walk, operands[1].reg), right;

    if (operands[2].type == ARM64_OP_IMM && left.kind == HELD_ADDRESS) {
        left.table.table_vaddr += (uint64_t)operands[2].imm << (operands[2].shift.value & 31);
        left.value = 0;
        return left;
    }
    if (operands[2].type != ARM64_OP_REG)
        return (struct held){0};
    right = look_up(walk, operands[2].reg);
    if (left.kind == HELD_ENTRY)
        return add(right, left, 0);
    if (operands[2].ext == ARM64_EXT_SXTB || operands[2].ext == ARM64_EXT_SXTH ||
        operands[2].ext == ARM64_EXT_SXTW)
        right.table.is_signed = true;
    return add(left, right, operands[2].shift.value);
}

static void arm64_step(struct jump_table_walk *walk, const cs_insn *insn)
{
    const cs_arm64 *arm64 = &insn->detail->arm64;
    const cs_arm64_op *operands = arm64->operands;
    unsigned width = arm64_load_width(insn);
    struct held held = {0};

    if (arm64->update_flags)
        walk->compared_value = 0;
    if (insn->id == ARM64_INS_CMP) { /* which, says capstone 4, writes its first operand */
        if (arm64->op_count == 2 && operands[1].type == ARM64_OP_IMM)
            compare(walk, look_up(walk, operands[0].reg), operands[1].imm);
        return;
    }
    if (insn->id == ARM64_INS_B && (arm64->cc == ARM64_CC_HI || arm64->cc == ARM64_CC_HS))
        bound(walk, arm64->cc == ARM64_CC_HI);
    if (!arm64->op_count || operands[0].type != ARM64_OP_REG ||
        (operands[0].access && !(operands[0].access & CS_AC_WRITE)))
        return;
    if ((insn->id == ARM64_INS_ADRP || insn->id == ARM64_INS_ADR) && arm64->op_count == 2)
        held = (struct held){.kind = HELD_ADDRESS, .table.table_vaddr = (uint64_t)operands[1].imm};
    else if (insn->id == ARM64_INS_ADD && arm64->op_count == 3)
        held = arm64_add(walk, operands);
    else if ((insn->id == ARM64_INS_MOV || insn->id == ARM64_INS_SXTW) && arm64->op_count == 2 &&
             operands[1].type == ARM64_OP_REG)
        held = look_up(walk, operands[1].reg);
    else if (width && arm64->op_count == 2)
        held = arm64_load(walk, insn, width);
    set(walk, operands[0].reg, held);
}

void jump_table_begin(struct jump_table_walk *walk, enum image_machine machine)
{
    *walk = (struct jump_table_walk){.machine = machine, .next_value = 1};
    for (size_t i = 0; i < JUMP_TABLE_REGISTERS; i++)
        walk->registers[i].value = walk->next_value++;
}

void jump_table_step(struct jump_table_walk *walk, const void *insn)
{
    if (walk->machine == IMAGE_X86_64)
        x86_step(walk, insn);
    else
        arm64_step(walk, insn);
}

bool jump_table_find(const struct jump_table_walk *walk, const void *insn, struct jump_table *table)
{
    const cs_detail *detail = ((const cs_insn *)insn)->detail;
    struct held held = {0};

    if (walk->machine == IMAGE_X86_64 && detail->x86.op_count) {
        const cs_x86_op *operand = &detail->x86.operands[0];

        held = operand->type == X86_OP_MEM ? x86_load(walk, operand, false)
                                           : look_up(walk, operand->reg);
    } else if (walk->machine == IMAGE_AARCH64 && detail->arm64.op_count) {
        held = look_up(walk, detail->arm64.operands[0].reg);
    }
    if (held.kind != HELD_TARGET)
        return false;
    *table = held.table;
    return true;
}

bool jump_table_read(const struct image *image, struct pointers *pointers,
                     const struct jump_table *table, uint32_t index, uint64_t *target_vaddr)
{
    uint64_t start_vaddr = table->table_vaddr + (uint64_t)index * table->width;
    const uint8_t *bytes;
    uint64_t entry = 0;

    if (table->width == 8 && pointers_find(pointers, image, start_vaddr, target_vaddr))
        return true;
    bytes = image_data(image, start_vaddr, start_vaddr + table->width);
    if (!bytes)
        return false;
    memcpy(&entry, bytes, table->width); /* both machines are little-endian, as is every host */
    if (table->is_signed && table->width < 8)
        entry = (uint64_t)((int64_t)(entry << (64 - 8 * table->width)) >> (64 - 8 * table->width));
    *target_vaddr = table->base_vaddr + (entry << table->shift);
    return true;
}
