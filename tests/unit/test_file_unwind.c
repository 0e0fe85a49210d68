/* Stacks by the tables of a file: of a fixture, as it is and with a damaged .eh_frame_hdr. */
#include "../../collect/file_unwind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <elf.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/strbuf.h"
#include "binary/unwind_table.h"
#include "fixture.h"

enum { BASE = 0x10000000, STACK_AT = 0x7f000000, REGISTERS = 17, SP = 7 };

static struct strbuf read_fixture(void)
{
    char *path = fixture_path("dwarf5");
    struct strbuf bytes = {0};
    struct err err = {0};

    assert_true(file_read(path, 1 << 20, &bytes, &err));
    free(path);
    return bytes;
}

static Elf64_Phdr *find_segment(struct strbuf *file, uint32_t type)
{
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)(void *)file->data;
    Elf64_Phdr *segments = (Elf64_Phdr *)(void *)(file->data + header->e_phoff);

    for (size_t i = 0; i < header->e_phnum; i++)
        if (segments[i].p_type == type)
            return &segments[i];
    fail_msg("no segment of type %u", type);
    return NULL;
}

/* The file is mapped at BASE; the function at `off` has just been called by `caller_ip`. */
static size_t unwind(const struct strbuf *file, uint64_t off, uint64_t caller_ip, uint64_t *ips)
{
    struct address_spaces spaces = {0};
    struct binaries binaries = {.only_mapped = true};
    struct file_unwinder *unwinder = file_unwinder_new(&binaries);
    int fd = memfd_create("fixture", MFD_CLOEXEC);
    char *path = mem_format("/proc/self/fd/%d", fd);
    struct code_mapping mapping = {.start_ip = BASE, .limit_ip = BASE + file->len, .file = path};
    uint64_t registers[REGISTERS] = {0}, stack[4] = {caller_ip};
    struct perf_record record = {.pid = 1, .type = PERF_RECORD_SAMPLE};
    size_t count;

    assert_true(file_write_fd(fd, file->data, file->len));
    mapping.build_id = image_read_build_id(path);
    address_spaces_map(&spaces, 1, &mapping);
    /* the kernel's order of registers: sp and ip are the eighth and the ninth */
    registers[SP] = STACK_AT;
    registers[SP + 1] = BASE + off;
    record.sample.ip = BASE + off;
    record.sample.registers = (const unsigned char *)registers;
    record.sample.register_mask = file_unwind_registers();
    record.sample.stack = (const unsigned char *)stack;
    record.sample.stack_bytes = sizeof(stack);
    count = file_unwind(unwinder, &spaces, &record, ips);
    assert_in_range(count, 1, FILE_UNWIND_MAX_FRAMES);
    assert_int_equal(ips[0], BASE + off);
    file_unwinder_free(unwinder);
    binaries_close(&binaries);
    address_spaces_release(&spaces);
    free((char *)mapping.build_id);
    free(path);
    close(fd);
    return count;
}

/* Where pick() starts in the file, which lies there as in memory. */
static uint64_t find_function(void)
{
    struct image *image = fixture_open("dwarf5");
    uint64_t vaddr = fixture_symbol(image, "pick").start_vaddr;

    image_close(image);
    return vaddr;
}

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(fixture_names); i++) {
        struct image *image = fixture_open(fixture_names[i]);
        uint64_t vaddr = 0;
        const uint8_t *header;

        assert_true(unwind_table_find(image, &vaddr));
        header = image_data(image, vaddr, vaddr + 4);
        assert_non_null(header);
        assert_memory_equal(header, "\x01\x1b\x03\x3b", 4);
        image_close(image);
    }
}

static void test_caller(void **state)
{
    struct strbuf file = read_fixture();
    uint64_t off = find_function(), ips[FILE_UNWIND_MAX_FRAMES];

    (void)state;
    assert_in_range(unwind(&file, off, BASE + off + 1, ips), 2, FILE_UNWIND_MAX_FRAMES);
    assert_int_equal(ips[1], BASE + off);
    assert_int_equal(unwind(&file, off, 0, ips), 1); /* the outermost */
    strbuf_release(&file);
}

static void test_no_table(void **state)
{
    struct strbuf file = read_fixture();
    uint64_t off = find_function(), ips[FILE_UNWIND_MAX_FRAMES];
    Elf64_Phdr *segment = find_segment(&file, PT_GNU_EH_FRAME);

    (void)state;
    segment->p_vaddr = UINT64_MAX - 4;
    assert_int_equal(unwind(&file, off, BASE + off + 1, ips), 1);
    segment->p_vaddr = 0; /* other bytes */
    assert_int_equal(unwind(&file, off, BASE + off + 1, ips), 1);
    segment->p_type = PT_NULL;
    assert_int_equal(unwind(&file, off, BASE + off + 1, ips), 1);
    strbuf_release(&file);
}

/* Each byte of the header, and of the table's first entries: a wrong stack perhaps, no crash. */
static void test_damaged_header(void **state)
{
    static const uint8_t values[] = {0, 0x7f, 0x80, 0xff};
    enum { BYTES = 12 + 4 * 8, ENCODINGS = 4 };
    struct strbuf file = read_fixture();
    uint64_t off = find_function(), ips[FILE_UNWIND_MAX_FRAMES];
    uint8_t *header = (uint8_t *)file.data + find_segment(&file, PT_GNU_EH_FRAME)->p_offset;

    (void)state;
    for (size_t i = 0; i < BYTES * ARRAY_SIZE(values); i++) {
        uint8_t *byte = &header[i % BYTES], good = *byte;
        size_t count;

        *byte = values[i / BYTES];
        count = unwind(&file, off, BASE + off + 1, ips);
        if (i % BYTES < ENCODINGS)
            assert_int_equal(count, 1);
        *byte = good;
    }
    strbuf_release(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_caller),
        cmocka_unit_test(test_no_table),
        cmocka_unit_test(test_damaged_header),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
