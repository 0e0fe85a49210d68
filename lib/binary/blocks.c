#include "binary/blocks.h"

#include <capstone/capstone.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "binary/decode.h"
#include "binary/jump_table.h"
#include "binary/noreturn.h"

/* No compiler makes a longer jump table; damage could make one without end. */
#define MAX_ENTRIES 65536

/* An instruction that ends a block. */
struct jump {
    uint64_t target_vaddr; /* 0: computed, or none */
    bool falls_through;    /* conditional */
    bool is_computed;      /* and its targets are not known */
    bool leaves;           /* an entry of its table is out of the function */
    struct jump_table table;
    uint32_t first_case, case_count;
};

struct disassembler {
    const struct image *image;
    struct noreturn *noreturn;
    struct pointers pointers;
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
    *disassembler = (struct disassembler){.image = image,
                                          .noreturn = noreturn_open(image),
                                          .handle = handle,
                                          .insn = cs_malloc(handle),
                                          .machine = machine};
    return disassembler;
}

void blocks_close(struct disassembler *disassembler)
{
    if (!disassembler)
        return;
    cs_free(disassembler->insn, 1);
    cs_close(&disassembler->handle);
    noreturn_close(disassembler->noreturn);
    pointers_release(&disassembler->pointers);
    free(disassembler);
}

static void add_leader(struct blocks *blocks, uint64_t vaddr)
{
    *ARRAY_PUSH(blocks->leaders, blocks->leader_count, blocks->leader_capacity) = vaddr;
}

static void add_instruction(struct blocks *blocks, uint64_t vaddr, size_t len,
                            const struct decoded *decoded)
{
    *ARRAY_PUSH(blocks->instructions, blocks->instruction_count, blocks->instruction_capacity) =
        (struct instruction){vaddr, decoded->target_vaddr, (uint8_t)len, (uint8_t)decoded->flags};
}

static bool returns(const struct disassembler *disassembler, const struct decoded *decoded)
{
    if (decoded->slot_vaddr)
        return !noreturn_check_slot(disassembler->noreturn, decoded->slot_vaddr);
    return !decoded->target_vaddr || !noreturn_check(disassembler->noreturn, decoded->target_vaddr);
}

/* A call for good is a jump to nowhere. */
static void add_jump(struct blocks *blocks, const struct decoded *decoded,
                     const struct jump_table_walk *walk, const cs_insn *insn)
{
    struct jump jump = {.falls_through = decoded->is_conditional,
                        .is_computed = decoded->is_computed};

    if (!(decoded->flags & INSTRUCTION_CALL))
        jump.target_vaddr = decoded->target_vaddr;
    if (jump.is_computed)
        (void)!jump_table_find(walk, insn, &jump.table);
    *ARRAY_PUSH(blocks->jumps, blocks->jump_count, blocks->jump_capacity) = jump;
    add_leader(blocks, insn->address + insn->size);
}

static void decode(struct disassembler *disassembler, const uint8_t *code, uint64_t start_vaddr,
                   uint64_t end_vaddr, struct blocks *blocks)
{
    struct jump_table_walk walk;
    size_t left = end_vaddr - start_vaddr;
    uint64_t vaddr = start_vaddr;

    jump_table_begin(&walk, disassembler->machine);
    add_leader(blocks, start_vaddr);
    while (left && cs_disasm_iter(disassembler->handle, &code, &left, &vaddr, disassembler->insn)) {
        const cs_insn *insn = disassembler->insn;
        struct decoded decoded = decode_describe(disassembler->machine, insn);

        if ((decoded.flags & INSTRUCTION_CALL) && !returns(disassembler, &decoded))
            decoded.flags |= INSTRUCTION_JUMP;
        add_instruction(blocks, insn->address, insn->size, &decoded);
        if (decoded.flags & INSTRUCTION_JUMP)
            add_jump(blocks, &decoded, &walk, insn);
        if (insn->id) /* not skipped data, which has no details */
            jump_table_step(&walk, insn);
    }
    for (; left; left--) /* capstone stops at less than a whole AArch64 instruction */
        add_instruction(blocks, end_vaddr - left, 1, &(struct decoded){0});
}

static int compare_vaddrs(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;

    return *a < *b ? -1 : *a > *b;
}

const struct instruction *blocks_find_instruction(const struct blocks *blocks, uint64_t vaddr)
{
    const struct instruction *found;
    size_t low = 0, high = blocks->instruction_count;

    while (low < high) { /* the first instruction that starts beyond vaddr */
        size_t middle = low + (high - low) / 2;

        if (blocks->instructions[middle].vaddr <= vaddr)
            low = middle + 1;
        else
            high = middle;
    }
    if (!low)
        return NULL;
    found = &blocks->instructions[low - 1];
    return vaddr - found->vaddr < found->len ? found : NULL;
}

static bool is_instruction(const struct blocks *blocks, uint64_t vaddr)
{
    const struct instruction *found = blocks_find_instruction(blocks, vaddr);

    return found && found->vaddr == vaddr;
}

/* A table whose length is not known ends where the next one starts, if the function has one. */
static uint64_t find_table_end(const struct blocks *blocks, const struct jump_table *table)
{
    uint64_t end_vaddr = UINT64_MAX;

    for (size_t i = 0; i < blocks->jump_count; i++) {
        const struct jump_table *other = &blocks->jumps[i].table;

        if (other->width && other->table_vaddr > table->table_vaddr &&
            other->table_vaddr < end_vaddr)
            end_vaddr = other->table_vaddr;
    }
    return end_vaddr;
}

/*
 * The entries that are instructions of the function, to case_vaddrs. A table of known length may
 * have others, to code elsewhere (a cold part); the rest end where the first such entry is.
 */
static bool read_entries(struct disassembler *disassembler, struct blocks *blocks,
                         struct jump *jump)
{
    const struct image *image = disassembler->image;
    const struct jump_table *table = &jump->table;
    uint64_t end_vaddr = find_table_end(blocks, table), target_vaddr;
    uint64_t count = (end_vaddr - table->table_vaddr + table->width - 1) / table->width;

    if (table->count || count > MAX_ENTRIES)
        count = table->count ? table->count : MAX_ENTRIES;
    for (uint32_t i = 0; i < count; i++) {
        bool is_read = jump_table_read(image, &disassembler->pointers, table, i, &target_vaddr);

        if (is_read && is_instruction(blocks, target_vaddr))
            *ARRAY_PUSH(blocks->case_vaddrs, blocks->case_vaddr_count,
                        blocks->case_vaddr_capacity) = target_vaddr;
        else if (!table->count)
            return i > 0;
        else if (is_read && image_code(image, target_vaddr, target_vaddr + 1))
            jump->leaves = true;
        else
            return false;
    }
    return true;
}

/* Sorts the addresses from `first` on and leaves each once. */
static void make_unique(struct blocks *blocks, size_t first)
{
    uint64_t *vaddrs = blocks->case_vaddrs;
    size_t kept = first;

    if (blocks->case_vaddr_count > first)
        qsort(vaddrs + first, blocks->case_vaddr_count - first, sizeof(*vaddrs), compare_vaddrs);
    for (size_t i = first; i < blocks->case_vaddr_count; i++)
        if (i == first || vaddrs[i] != vaddrs[i - 1])
            vaddrs[kept++] = vaddrs[i];
    blocks->case_vaddr_count = kept;
}

static void read_tables(struct disassembler *disassembler, struct blocks *blocks)
{
    for (size_t i = 0; i < blocks->jump_count; i++) {
        struct jump *jump = &blocks->jumps[i];
        size_t first = blocks->case_vaddr_count;

        if (!jump->table.width)
            continue;
        if (!read_entries(disassembler, blocks, jump)) {
            blocks->case_vaddr_count = first;
            jump->leaves = false;
            continue;
        }
        make_unique(blocks, first);
        jump->is_computed = false;
        jump->first_case = (uint32_t)first;
        jump->case_count = (uint32_t)(blocks->case_vaddr_count - first);
    }
}

static void add_targets(struct blocks *blocks, uint64_t start_vaddr, uint64_t end_vaddr)
{
    for (size_t i = 0; i < blocks->jump_count; i++) {
        uint64_t target_vaddr = blocks->jumps[i].target_vaddr;

        if (target_vaddr > start_vaddr && target_vaddr < end_vaddr)
            add_leader(blocks, target_vaddr);
    }
    for (size_t i = 0; i < blocks->case_vaddr_count; i++)
        add_leader(blocks, blocks->case_vaddrs[i]);
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

static enum block_exit find_exit(const struct jump *jump, const struct block *block)
{
    if (jump->is_computed)
        return BLOCK_INDIRECT;
    if (jump->case_count && !jump->leaves)
        return BLOCK_STAYS;
    return block->target == BLOCK_NONE ? BLOCK_LEAVES : BLOCK_STAYS;
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
        block->first_case = jump->first_case;
        block->case_count = jump->case_count;
        block->exit = find_exit(jump, block);
    }
    for (size_t i = 0; i < blocks->case_vaddr_count; i++)
        *ARRAY_PUSH(blocks->cases, blocks->case_count, blocks->case_capacity) =
            find_block(blocks, blocks->case_vaddrs[i]);
}

bool blocks_read(struct disassembler *disassembler, uint64_t start_vaddr, uint64_t end_vaddr,
                 struct blocks *blocks)
{
    const uint8_t *code = image_code(disassembler->image, start_vaddr, end_vaddr);

    if (!code || start_vaddr >= end_vaddr)
        return false;
    blocks->instruction_count = blocks->block_count = 0;
    blocks->leader_count = blocks->jump_count = 0;
    blocks->case_count = blocks->case_vaddr_count = 0;
    decode(disassembler, code, start_vaddr, end_vaddr, blocks);
    read_tables(disassembler, blocks);
    add_targets(blocks, start_vaddr, end_vaddr);
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
    free(blocks->cases);
    free(blocks->case_vaddrs);
    *blocks = (struct blocks){0};
}
