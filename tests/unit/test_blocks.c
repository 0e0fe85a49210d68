/* Basic blocks: what holds for any code, and what is expected of hand-made code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <elf.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "binary/blocks.h"
#include "fixture.h"

#define CODE_VADDR 0x401000

/* Each instruction in exactly one block, no gap; edges lead to blocks; a jump ends its block. */
static void check(const struct blocks *blocks, uint64_t start, uint64_t end)
{
    uint64_t vaddr = start;
    uint32_t next = 0;

    for (size_t i = 0; i < blocks->instruction_count; i++) {
        assert_int_equal(blocks->instructions[i].vaddr, vaddr);
        assert_true(blocks->instructions[i].len > 0);
        vaddr += blocks->instructions[i].len;
    }
    assert_int_equal(vaddr, end);
    for (size_t i = 0; i < blocks->block_count; i++) {
        const struct block *block = &blocks->blocks[i];

        assert_int_equal(block->first, next);
        assert_true(block->count > 0);
        next += block->count;
        assert_true(block->fall_through == BLOCK_NONE || block->fall_through == i + 1);
        assert_true(block->target == BLOCK_NONE || block->target < blocks->block_count);
        assert_true(block->exit != BLOCK_STAYS || block->fall_through != BLOCK_NONE ||
                    block->target != BLOCK_NONE || block->case_count);
        assert_true(block->first_case + block->case_count <= blocks->case_count);
        for (uint32_t j = 0; j < block->case_count; j++)
            assert_true(blocks->cases[block->first_case + j] < blocks->block_count);
        for (uint32_t j = 0; j + 1 < block->count; j++)
            assert_false(blocks->instructions[block->first + j].flags & INSTRUCTION_JUMP);
    }
    assert_int_equal(next, blocks->instruction_count);
}

static void check_image(const struct image *image)
{
    struct err err = {0};
    struct disassembler *disassembler = blocks_open(image, &err);
    struct blocks blocks = {0};
    size_t count;
    const struct image_symbol *symbols = image_symbols(image, &count);

    assert_non_null(disassembler);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        assert_true(
            blocks_read(disassembler, symbols[i].start_vaddr, symbols[i].end_vaddr, &blocks));
        check(&blocks, symbols[i].start_vaddr, symbols[i].end_vaddr);
    }
    blocks_release(&blocks);
    blocks_close(disassembler);
}

static void test_real_code(void **state)
{
    struct err err = {0};
    struct image *own = image_open("/proc/self/exe", &err);

    (void)state;
    assert_non_null(own);
    check_image(own);
    image_close(own);
    for (size_t i = 0; i < ARRAY_SIZE(fixture_names); i++) {
        struct image *image = fixture_open(fixture_names[i]);

        check_image(image);
        image_close(image);
    }
}

/* The jump table of pick(): one jump, to its cases; nothing is entered from nowhere. */
static void test_jump_table(void **state)
{
    struct image *image = fixture_open("dwarf5");
    struct image_symbol pick = fixture_symbol(image, "pick");
    struct err err = {0};
    struct disassembler *disassembler = blocks_open(image, &err);
    struct blocks blocks = {0};
    size_t tables = 0;

    (void)state;
    assert_true(blocks_read(disassembler, pick.start_vaddr, pick.end_vaddr, &blocks));
    for (size_t i = 0; i < blocks.block_count; i++) {
        assert_int_not_equal(blocks.blocks[i].exit, BLOCK_INDIRECT);
        tables += blocks.blocks[i].case_count > 0;
    }
    assert_int_equal(tables, 1);
    assert_int_equal(blocks.case_count, 5);
    blocks_release(&blocks);
    blocks_close(disassembler);
    image_close(image);
}

/* An executable that is one segment with this code. */
static struct image *make_image(Elf64_Half machine, const void *code, size_t len, int *fd)
{
    struct {
        Elf64_Ehdr header;
        Elf64_Phdr segment;
        unsigned char code[64];
    } file = {.header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
                                     EV_CURRENT},
                         .e_type = ET_EXEC,
                         .e_machine = machine,
                         .e_version = EV_CURRENT,
                         .e_phoff = sizeof(Elf64_Ehdr),
                         .e_ehsize = sizeof(Elf64_Ehdr),
                         .e_phentsize = sizeof(Elf64_Phdr),
                         .e_phnum = 1},
              .segment = {.p_type = PT_LOAD, .p_flags = PF_R | PF_X}};
    struct err err = {0};
    struct image *image;
    char path[32];

    assert_true(len <= sizeof(file.code));
    memcpy(file.code, code, len);
    file.segment.p_offset = offsetof(__typeof__(file), code);
    file.segment.p_vaddr = CODE_VADDR;
    file.segment.p_filesz = file.segment.p_memsz = len;
    *fd = memfd_create("image", MFD_CLOEXEC);
    assert_true(file_write_fd(*fd, &file, sizeof(file)));
    snprintf(path, sizeof(path), "/proc/self/fd/%d", *fd);
    image = image_open(path, &err);
    assert_non_null(image);
    return image;
}

struct expected { /* the offset in the code where each block starts, and where it goes */
    unsigned off;
    uint32_t fall_through, target;
    enum block_exit exit;
    uint32_t cases;
};

/* The function is the first `len` bytes of the code. */
static void expect(Elf64_Half machine, const void *code, size_t code_len, size_t len,
                   const struct expected *expected, size_t count)
{
    struct blocks blocks = {0};
    struct disassembler *disassembler;
    struct err err = {0};
    struct image *image;
    int fd;

    image = make_image(machine, code, code_len, &fd);
    disassembler = blocks_open(image, &err);
    assert_non_null(disassembler);
    assert_true(blocks_read(disassembler, CODE_VADDR, CODE_VADDR + len, &blocks));
    check(&blocks, CODE_VADDR, CODE_VADDR + len);
    assert_int_equal(blocks.block_count, count);
    for (size_t i = 0; i < count; i++) {
        const struct block *block = &blocks.blocks[i];

        assert_int_equal(blocks.instructions[block->first].vaddr - CODE_VADDR, expected[i].off);
        assert_int_equal(block->fall_through, expected[i].fall_through);
        assert_int_equal(block->target, expected[i].target);
        assert_int_equal(block->exit, expected[i].exit);
        assert_int_equal(block->case_count, expected[i].cases);
    }
    assert_false(blocks_read(disassembler, CODE_VADDR, CODE_VADDR, &blocks));
    assert_false(blocks_read(disassembler, CODE_VADDR, CODE_VADDR + code_len + 1, &blocks));
    assert_false(blocks_read(disassembler, CODE_VADDR - 1, CODE_VADDR + len, &blocks));
    blocks_release(&blocks);
    blocks_close(disassembler);
    image_close(image);
    close(fd);
}

/* EXPECT(machine, code in hexadecimal escapes, {block}, ...); the second has data behind the code
 */
#define EXPECT(machine, code, ...) EXPECT_TABLE(machine, sizeof(code) - 1, code, __VA_ARGS__)
#define EXPECT_TABLE(machine, len, code, ...)                                                      \
    do {                                                                                           \
        const struct expected expected_[] = {__VA_ARGS__};                                         \
        expect(machine, code, sizeof(code) - 1, len, expected_, ARRAY_SIZE(expected_));            \
    } while (0)

#define NONE BLOCK_NONE

static void test_hand_made_code(void **state)
{
    (void)state;
    /* test; je 8 | mov; jmp a | xor | ret */
    EXPECT(EM_X86_64, "\x85\xff\x74\x04\x89\xf8\xeb\x02\x31\xc0\xc3", {0, 1, 2, BLOCK_STAYS, 0},
           {4, NONE, 3, BLOCK_STAYS, 0}, {8, 3, NONE, BLOCK_STAYS, 0},
           {10, NONE, NONE, BLOCK_LEAVES, 0});
    /* a loop onto itself: dec; jne 0 | ret */
    EXPECT(EM_X86_64, "\xff\xcf\x75\xfc\xc3", {0, 1, 0, BLOCK_STAYS, 0},
           {4, NONE, NONE, BLOCK_LEAVES, 0});
    /* loop 0 | ret: a conditional jump of its own kind */
    EXPECT(EM_X86_64, "\x90\xe2\xfd\xc3", {0, 1, 0, BLOCK_STAYS, 0},
           {3, NONE, NONE, BLOCK_LEAVES, 0});
    /* jrcxz 0 | ret */
    EXPECT(EM_X86_64, "\x90\xe3\xfd\xc3", {0, 1, 0, BLOCK_STAYS, 0},
           {3, NONE, NONE, BLOCK_LEAVES, 0});
    /* jmp rax | ret */
    EXPECT(EM_X86_64, "\xff\xe0\xc3", {0, NONE, NONE, BLOCK_INDIRECT, 0},
           {2, NONE, NONE, BLOCK_LEAVES, 0});
    /* calls, direct and indirect, end no block; ud2 does */
    EXPECT(EM_X86_64, "\xe8\x00\x00\x00\x00\xff\xd0\x0f\x0b\x90", {0, NONE, NONE, BLOCK_LEAVES, 0},
           {9, NONE, NONE, BLOCK_LEAVES, 0});
    /* je out of the function | jmp out of it */
    EXPECT(EM_X86_64, "\x0f\x84\x00\x10\x00\x00\xe9\x00\x10\x00\x00", {0, 1, NONE, BLOCK_LEAVES, 0},
           {6, NONE, NONE, BLOCK_LEAVES, 0});
    /* nop; jmp into the middle of itself | ret */
    EXPECT(EM_X86_64, "\x90\xeb\xff\xc3", {0, NONE, NONE, BLOCK_LEAVES, 0},
           {3, NONE, NONE, BLOCK_LEAVES, 0});
    /* no instruction (06), then one that the end cuts (e8 00): one byte each */
    EXPECT(EM_X86_64, "\x90\x06\xe8\x00", {0, NONE, NONE, BLOCK_LEAVES, 0});
}

/* Functions whose table lies behind them, in the same segment: its bytes decode as what they may.
 */
static void test_hand_made_tables(void **state)
{
    (void)state;
    /* jmp *0x40100c(,%rax,8) | ret | ret | nop | the table: 8, 9, 8, then an address outside */
    EXPECT_TABLE(EM_X86_64, 12,
                 "\xff\x24\xc5\x0c\x10\x40\x00\x90\xc3\xc3\x90\x90"
                 "\x08\x10\x40\0\0\0\0\0\x09\x10\x40\0\0\0\0\0"
                 "\x08\x10\x40\0\0\0\0\0\xff\xff\xff\xff\0\0\0\0",
                 {0, NONE, NONE, BLOCK_STAYS, 2}, {7, 2, NONE, BLOCK_STAYS, 0},
                 {8, NONE, NONE, BLOCK_LEAVES, 0}, {9, NONE, NONE, BLOCK_LEAVES, 0},
                 {10, NONE, NONE, BLOCK_LEAVES, 0});
    /* cmp $1, %eax; ja 15: two entries, however many follow, and the second leads elsewhere */
    EXPECT_TABLE(EM_X86_64, 16,
                 "\x83\xf8\x01\x77\x0a\x89\xc0\xff\x24\xc5\x10\x10\x40\x00\xc3\xc3"
                 "\x0e\x10\x40\0\0\0\0\0\x11\x10\x40\0\0\0\0\0"
                 "\x0f\x10\x40\0\0\0\0\0",
                 {0, 1, 3, BLOCK_STAYS, 0}, {5, NONE, NONE, BLOCK_LEAVES, 1},
                 {14, NONE, NONE, BLOCK_LEAVES, 0}, {15, NONE, NONE, BLOCK_LEAVES, 0});
    /* a table that is not in the file */
    EXPECT_TABLE(EM_X86_64, 8, "\xff\x24\xc5\x0c\x10\x70\x00\xc3",
                 {0, NONE, NONE, BLOCK_INDIRECT, 0}, {7, NONE, NONE, BLOCK_LEAVES, 0});
    /* cmp w0, #1; b.hi 24; adr x9, 28; adr x10, 20; ldrb w11, [x9, x0]; add x10, x10, w11, uxtb #2;
     * br x10 | ret | ret | bytes 0 and 1 */
    EXPECT_TABLE(EM_AARCH64, 36,
                 "\x1f\x04\x00\x71\xe8\x00\x00\x54\xe9\x00\x00\x10\x8a\x00\x00\x10"
                 "\x2b\x69\x60\x38\x4a\x09\x0b\x8b\x40\x01\x1f\xd6\xc0\x03\x5f\xd6"
                 "\xc0\x03\x5f\xd6\x00\x01\x02\x03",
                 {0, 1, 3, BLOCK_STAYS, 0}, {8, NONE, NONE, BLOCK_STAYS, 2},
                 {28, NONE, NONE, BLOCK_LEAVES, 0}, {32, NONE, NONE, BLOCK_LEAVES, 0});
}

static void test_hand_made_aarch64_code(void **state)
{
    (void)state;
    /* cbz 8 | ret | brk */
    EXPECT(EM_AARCH64, "\x40\x00\x00\x34\xc0\x03\x5f\xd6\x20\x00\x20\xd4",
           {0, 1, 2, BLOCK_STAYS, 0}, {4, NONE, NONE, BLOCK_LEAVES, 0},
           {8, NONE, NONE, BLOCK_LEAVES, 0});
    /* bl, which ends no block; b.eq out of the function | br x1 */
    EXPECT(EM_AARCH64, "\x00\x00\x00\x94\x00\x80\x00\x54\x20\x00\x1f\xd6",
           {0, 1, NONE, BLOCK_LEAVES, 0}, {8, NONE, NONE, BLOCK_INDIRECT, 0});
    /* b out of the function, then less than an instruction: one byte each */
    EXPECT(EM_AARCH64, "\x00\x04\x00\x14\x01\x02", {0, NONE, NONE, BLOCK_LEAVES, 0},
           {4, NONE, NONE, BLOCK_LEAVES, 0});
}

static void test_another_machine(void **state)
{
    struct err err = {0};
    struct image *image;
    int fd;

    (void)state;
    image = make_image(EM_RISCV, "\xc3", 1, &fd);
    assert_null(blocks_open(image, &err));
    assert_int_equal(err.kind, ERR_UNSUPPORTED);
    assert_true(err.hint[0]);
    image_close(image);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_real_code),
        cmocka_unit_test(test_jump_table),
        cmocka_unit_test(test_hand_made_tables),
        cmocka_unit_test(test_hand_made_code),
        cmocka_unit_test(test_hand_made_aarch64_code),
        cmocka_unit_test(test_another_machine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
