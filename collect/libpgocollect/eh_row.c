/* The program of call frame instructions, run up to one ip: the second half of eh_frame.h. */
#include <string.h>

#include "binary/cursor.h"
#include "eh_frame.h"

/* DWARF's numbers of the registers that a row is about. */
enum { REGISTER_BP = 6, REGISTER_SP = 7, REGISTER_RETURN = 16 };

/* DW_CFA_*: the first three hold an operand in the low six bits. */
enum {
    CFA_ADVANCE_LOC = 0x40,
    CFA_OFFSET = 0x80,
    CFA_RESTORE = 0xc0,
    CFA_OPERAND_MASK = 0x3f,
    CFA_NOP = 0x00,
    CFA_SET_LOC = 0x01,
    CFA_ADVANCE_LOC1 = 0x02,
    CFA_ADVANCE_LOC2 = 0x03,
    CFA_ADVANCE_LOC4 = 0x04,
    CFA_OFFSET_EXTENDED = 0x05,
    CFA_RESTORE_EXTENDED = 0x06,
    CFA_UNDEFINED = 0x07,
    CFA_SAME_VALUE = 0x08,
    CFA_REGISTER = 0x09,
    CFA_REMEMBER_STATE = 0x0a,
    CFA_RESTORE_STATE = 0x0b,
    CFA_DEF_CFA = 0x0c,
    CFA_DEF_CFA_REGISTER = 0x0d,
    CFA_DEF_CFA_OFFSET = 0x0e,
    CFA_DEF_CFA_EXPRESSION = 0x0f,
    CFA_EXPRESSION = 0x10,
    CFA_OFFSET_EXTENDED_SF = 0x11,
    CFA_DEF_CFA_SF = 0x12,
    CFA_DEF_CFA_OFFSET_SF = 0x13,
    CFA_VAL_OFFSET = 0x14,
    CFA_VAL_OFFSET_SF = 0x15,
    CFA_VAL_EXPRESSION = 0x16,
    CFA_GNU_ARGS_SIZE = 0x2e,
    CFA_GNU_NEGATIVE_OFFSET = 0x2f,
};

enum { OP_DEREF = 0x06, OP_LIT0 = 0x30, OP_BREG_BP = 0x76, OP_BREG_SP = 0x77 };

enum rule_kind { RULE_SAME, RULE_UNDEFINED, RULE_AT_CFA, RULE_AT_BP, RULE_OTHER };

struct rule {
    enum rule_kind kind;
    int64_t offset;
};

/* How the CFA is made; CFA_IS_OTHER for what no row expresses. */
enum cfa_kind { CFA_IS_OTHER, CFA_IS_REGISTER, CFA_IS_BP_DEREF, CFA_IS_PLT };

struct state {
    enum cfa_kind cfa;
    uint64_t cfa_register;
    int64_t cfa_offset; /* CFA_IS_PLT: the place in the 16 bytes at which the push is done */
    struct rule bp, return_address;
};

enum { REMEMBERED_MAX = 16 };

struct machine {
    const struct eh_fde *fde;
    struct cursor cursor;
    uint64_t ip;                 /* the program has come to here */
    struct state state, initial; /* the second: what the CIE says, for DW_CFA_restore */
    struct state remembered[REMEMBERED_MAX];
    unsigned remembered_count;
    bool is_damaged;
};

static struct rule *rule_of(struct state *state, uint64_t reg)
{
    if (reg == REGISTER_BP)
        return &state->bp;
    return reg == REGISTER_RETURN ? &state->return_address : NULL;
}

static void set_rule(struct machine *machine, uint64_t reg, enum rule_kind kind, int64_t offset)
{
    struct rule *rule = rule_of(&machine->state, reg);

    if (rule)
        *rule = (struct rule){kind, offset};
}

static void restore_rule(struct machine *machine, uint64_t reg)
{
    struct rule *rule = rule_of(&machine->state, reg);

    if (rule)
        *rule = *rule_of(&machine->initial, reg);
}

static int64_t factored(const struct machine *machine, uint64_t offset)
{
    return (int64_t)(offset * machine->fde->data_align);
}

static struct cursor take_expression(struct machine *machine)
{
    uint64_t len = cursor_uleb(&machine->cursor);
    const uint8_t *bytes = cursor_take(&machine->cursor, len);

    return (struct cursor){.at = bytes, .end = bytes ? bytes + len : NULL};
}

/*
 * The stub of the procedure linkage table, as all linkers describe it: sp + 8, and 8 more from its
 * push on: breg7 8; breg16 0; lit15; and; litN; ge; lit3; shl; plus.
 */
static bool is_plt(const struct cursor *expression, int64_t *pushed_at)
{
    static const uint8_t pattern[] = {OP_BREG_SP, 8,    0x80, 0,    0x3f, 0x1a,
                                      OP_LIT0,    0x2a, 0x33, 0x24, 0x22};
    enum { LITERAL = 6 };
    uint8_t bytes[sizeof(pattern)];

    if ((size_t)(expression->end - expression->at) != sizeof(bytes))
        return false;
    memcpy(bytes, expression->at, sizeof(bytes));
    *pushed_at = bytes[LITERAL] - OP_LIT0;
    bytes[LITERAL] = OP_LIT0;
    return memcmp(bytes, pattern, sizeof(bytes)) == 0 && *pushed_at >= 0 && *pushed_at < 16;
}

/* Only the two shapes that compilers and linkers write for ordinary code. */
static void define_cfa_expression(struct machine *machine)
{
    struct cursor expression = take_expression(machine);
    struct state *state = &machine->state;
    int64_t offset;

    state->cfa = CFA_IS_OTHER;
    if (!expression.at)
        return;
    if (is_plt(&expression, &offset))
        state->cfa = CFA_IS_PLT;
    else {
        uint8_t op = cursor_u8(&expression);

        offset = (int64_t)cursor_sleb(&expression);
        if (op == OP_BREG_BP && cursor_u8(&expression) == OP_DEREF &&
            expression.at == expression.end && !expression.is_damaged)
            state->cfa = CFA_IS_BP_DEREF;
    }
    state->cfa_offset = offset;
}

/* A register that was saved at bp + N: functions that align their stack. */
static void set_expression(struct machine *machine, uint64_t reg)
{
    struct cursor expression = take_expression(machine);
    uint8_t op = expression.at ? cursor_u8(&expression) : 0;
    int64_t offset = expression.at ? (int64_t)cursor_sleb(&expression) : 0;
    bool is_simple = op == OP_BREG_BP && expression.at == expression.end && !expression.is_damaged;

    set_rule(machine, reg, is_simple ? RULE_AT_BP : RULE_OTHER, offset);
}

static void define_cfa(struct machine *machine, uint64_t reg, int64_t offset)
{
    machine->state.cfa = CFA_IS_REGISTER;
    machine->state.cfa_register = reg;
    machine->state.cfa_offset = offset;
}

static void remember(struct machine *machine)
{
    if (machine->remembered_count == REMEMBERED_MAX)
        machine->is_damaged = true;
    else
        machine->remembered[machine->remembered_count++] = machine->state;
}

static void restore(struct machine *machine)
{
    if (!machine->remembered_count)
        machine->is_damaged = true;
    else
        machine->state = machine->remembered[--machine->remembered_count];
}

static void run_cfa(struct machine *machine, uint8_t op)
{
    struct cursor *cursor = &machine->cursor;
    struct state *state = &machine->state;
    uint64_t reg;

    switch (op) {
    case CFA_DEF_CFA:
        reg = cursor_uleb(cursor);
        define_cfa(machine, reg, (int64_t)cursor_uleb(cursor));
        break;
    case CFA_DEF_CFA_SF:
        reg = cursor_uleb(cursor);
        define_cfa(machine, reg, factored(machine, cursor_sleb(cursor)));
        break;
    case CFA_DEF_CFA_REGISTER:
        define_cfa(machine, cursor_uleb(cursor), state->cfa_offset);
        break;
    case CFA_DEF_CFA_OFFSET:
        define_cfa(machine, state->cfa_register, (int64_t)cursor_uleb(cursor));
        break;
    case CFA_DEF_CFA_OFFSET_SF:
        define_cfa(machine, state->cfa_register, factored(machine, cursor_sleb(cursor)));
        break;
    case CFA_DEF_CFA_EXPRESSION:
        define_cfa_expression(machine);
        break;
    default:
        machine->is_damaged = true;
    }
}

static void run_rule(struct machine *machine, uint8_t op)
{
    struct cursor *cursor = &machine->cursor;
    uint64_t reg = cursor_uleb(cursor);

    switch (op) {
    case CFA_OFFSET_EXTENDED:
        set_rule(machine, reg, RULE_AT_CFA, factored(machine, cursor_uleb(cursor)));
        break;
    case CFA_OFFSET_EXTENDED_SF:
        set_rule(machine, reg, RULE_AT_CFA, factored(machine, cursor_sleb(cursor)));
        break;
    case CFA_GNU_NEGATIVE_OFFSET:
        set_rule(machine, reg, RULE_AT_CFA, factored(machine, -cursor_uleb(cursor)));
        break;
    case CFA_RESTORE_EXTENDED:
        restore_rule(machine, reg);
        break;
    case CFA_UNDEFINED:
        set_rule(machine, reg, RULE_UNDEFINED, 0);
        break;
    case CFA_SAME_VALUE:
        set_rule(machine, reg, RULE_SAME, 0);
        break;
    case CFA_EXPRESSION:
        set_expression(machine, reg);
        break;
    case CFA_VAL_EXPRESSION:
        take_expression(machine);
        set_rule(machine, reg, RULE_OTHER, 0);
        break;
    case CFA_REGISTER:
    case CFA_VAL_OFFSET:
    case CFA_VAL_OFFSET_SF:
        cursor_uleb(cursor); /* skipped: a signed one has the same length */
        set_rule(machine, reg, RULE_OTHER, 0);
        break;
    default:
        machine->is_damaged = true;
    }
}

static void run_other(struct machine *machine, uint8_t op)
{
    switch (op) {
    case CFA_NOP:
        break;
    case CFA_REMEMBER_STATE:
        remember(machine);
        break;
    case CFA_RESTORE_STATE:
        restore(machine);
        break;
    case CFA_GNU_ARGS_SIZE:
        cursor_uleb(&machine->cursor);
        break;
    case CFA_DEF_CFA:
    case CFA_DEF_CFA_SF:
    case CFA_DEF_CFA_REGISTER:
    case CFA_DEF_CFA_OFFSET:
    case CFA_DEF_CFA_OFFSET_SF:
    case CFA_DEF_CFA_EXPRESSION:
        run_cfa(machine, op);
        break;
    default:
        run_rule(machine, op);
    }
}

/* How far the next instruction moves the ip; 0: it is another one, and is still to be read. */
static bool read_advance(struct machine *machine, uint64_t *distance)
{
    struct cursor *cursor = &machine->cursor;
    uint8_t op = *cursor->at;

    if ((op & 0xc0) == CFA_ADVANCE_LOC) {
        cursor->at++;
        *distance = op & CFA_OPERAND_MASK;
    } else if (op >= CFA_ADVANCE_LOC1 && op <= CFA_ADVANCE_LOC4) {
        cursor->at++;
        *distance = cursor_fixed(cursor, 1u << (op - CFA_ADVANCE_LOC1));
    } else
        return false;
    *distance *= machine->fde->code_align;
    return true;
}

static void run_one(struct machine *machine)
{
    uint8_t op = cursor_u8(&machine->cursor);
    uint64_t operand = op & CFA_OPERAND_MASK;

    if ((op & 0xc0) == CFA_OFFSET)
        set_rule(machine, operand, RULE_AT_CFA, factored(machine, cursor_uleb(&machine->cursor)));
    else if ((op & 0xc0) == CFA_RESTORE)
        restore_rule(machine, operand);
    else
        run_other(machine, op); /* DW_CFA_set_loc, of other encodings, ends there as damaged */
}

/* Runs the instructions of one program up to `ip`; *end_ip: where the row that holds there ends. */
static void run(struct machine *machine, uint64_t ip, uint64_t *end_ip)
{
    uint64_t distance;

    while (machine->cursor.at < machine->cursor.end && !machine->is_damaged) {
        if (!read_advance(machine, &distance))
            run_one(machine);
        else if (distance > ip - machine->ip) {
            if (distance < *end_ip - machine->ip)
                *end_ip = machine->ip + distance;
            break;
        } else
            machine->ip += distance;
        machine->is_damaged |= machine->cursor.is_damaged;
    }
}

static bool set_cfa(const struct state *state, uint64_t ip, struct unwind_row *row,
                    struct eh_range *range)
{
    int64_t offset = state->cfa_offset;

    if (state->cfa == CFA_IS_PLT) {
        row->kind = ROW_SP;
        offset = (int64_t)(ip & 15) >= offset ? 16 : 8;
        *range = (struct eh_range){ip, ip + 1};
    } else if (state->cfa == CFA_IS_BP_DEREF)
        row->kind = ROW_BP_DEREF;
    else if (state->cfa == CFA_IS_REGISTER && state->cfa_register == REGISTER_SP)
        row->kind = ROW_SP;
    else if (state->cfa == CFA_IS_REGISTER && state->cfa_register == REGISTER_BP)
        row->kind = ROW_BP;
    else
        return false;
    row->cfa_offset = (int32_t)offset;
    return offset == row->cfa_offset;
}

static bool set_bp(const struct rule *rule, struct unwind_row *row)
{
    if (rule->kind == RULE_SAME || rule->kind == RULE_UNDEFINED)
        return true;
    if (rule->kind == RULE_OTHER)
        return false;
    row->bp = rule->kind == RULE_AT_CFA ? ROW_BP_AT_CFA : ROW_BP_AT_BP;
    row->bp_offset = (int16_t)rule->offset;
    return rule->offset == row->bp_offset;
}

static bool is_return_usual(const struct rule *rule)
{
    return rule->kind == RULE_AT_CFA && rule->offset == -8;
}

void eh_frame_row(const struct eh_fde *fde, uint64_t ip, struct unwind_row *row,
                  struct eh_range *range)
{
    struct machine machine = {.fde = fde, .ip = fde->start_ip};
    struct state *state = &machine.state;
    uint64_t end_ip = fde->end_ip;

    machine.cursor =
        (struct cursor){.at = fde->program, .end = fde->program + fde->cie_program_len};
    run(&machine, fde->start_ip, &end_ip);
    machine.initial = machine.state;
    machine.cursor = (struct cursor){.at = fde->program + fde->cie_program_len,
                                     .end = fde->program + fde->program_len};
    end_ip = fde->end_ip;
    run(&machine, ip, &end_ip);

    *range = (struct eh_range){machine.ip, end_ip};
    *row = (struct unwind_row){0};
    if (machine.is_damaged) {
        *row = (struct unwind_row){.kind = ROW_SLOW};
        *range = (struct eh_range){ip, ip + 1};
    } else if (fde->is_signal_frame)
        *row = (struct unwind_row){.kind = ROW_SLOW};
    else if (state->return_address.kind == RULE_UNDEFINED)
        *row = (struct unwind_row){.kind = ROW_END};
    else if (!set_cfa(state, ip, row, range) || !set_bp(&state->bp, row) ||
             !is_return_usual(&state->return_address))
        *row = (struct unwind_row){.kind = ROW_SLOW};
}
