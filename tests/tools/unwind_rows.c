/*
 * unwind_rows FILE: the unwind row of each vaddr (hexadecimal) on standard input, one line each:
 * "VADDR CFA BP RETURN", in readelf's words: rsp+8, exp, c-16, u; or "VADDR slow", "VADDR none".
 */
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "../../collect/libpgocollect/eh_frame.h"

static const Elf64_Phdr *segments_of(const struct file_map *file, size_t *count)
{
    const Elf64_Ehdr *head = file->data;

    *count = head->e_phnum;
    return (const Elf64_Phdr *)((const char *)file->data + head->e_phoff);
}

static bool find(void *context, uint64_t ip, struct eh_object *object)
{
    size_t count;
    const Elf64_Phdr *segments = segments_of(context, &count);

    (void)ip;
    for (size_t i = 0; i < count; i++)
        if (segments[i].p_type == PT_GNU_EH_FRAME) {
            *object = (struct eh_object){0, UINT64_MAX, segments[i].p_vaddr};
            return true;
        }
    return false;
}

static bool read_bytes(void *context, uint64_t ip, void *bytes, size_t len)
{
    const struct file_map *file = context;
    size_t count;
    const Elf64_Phdr *segments = segments_of(file, &count);

    for (size_t i = 0; i < count; i++)
        if (segments[i].p_type == PT_LOAD && ip >= segments[i].p_vaddr &&
            ip - segments[i].p_vaddr + len <= segments[i].p_filesz) {
            memcpy(bytes,
                   (const char *)file->data + segments[i].p_offset + ip - segments[i].p_vaddr, len);
            return true;
        }
    return false;
}

static void print_row(uint64_t vaddr, struct unwind_row row)
{
    if (row.kind == ROW_SLOW)
        printf("%" PRIx64 " slow\n", vaddr);
    else if (row.kind == ROW_END)
        printf("%" PRIx64 " end\n", vaddr);
    else {
        printf("%" PRIx64, vaddr);
        if (row.kind == ROW_BP_DEREF)
            printf(" exp");
        else
            printf(" %s+%d", row.kind == ROW_SP ? "rsp" : "rbp", row.cfa_offset);
        if (row.bp == ROW_BP_SAME)
            printf(" u c-8\n");
        else if (row.bp == ROW_BP_AT_BP)
            printf(" exp c-8\n");
        else
            printf(" c%+d c-8\n", row.bp_offset);
    }
}

int main(int argc, char **argv)
{
    struct file_map file;
    struct eh_source source = {find, read_bytes, &file};
    struct eh_object object;
    uint64_t vaddr;

    if (argc != 2 || !file_map(argv[1], &file) || !find(&file, 0, &object)) {
        fprintf(stderr, "usage: unwind_rows FILE <VADDRS\n");
        return 2;
    }
    while (scanf("%" SCNx64, &vaddr) == 1) {
        static struct eh_fde fde;
        struct eh_range range;
        struct unwind_row row;

        if (!eh_frame_find(&source, object.header_ip, vaddr, &fde))
            printf("%" PRIx64 " none\n", vaddr);
        else {
            eh_frame_row(&fde, vaddr, &row, &range);
            print_row(vaddr, row);
        }
    }
    file_unmap(&file);
    return 0;
}
