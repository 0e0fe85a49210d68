#include "binary/noreturn.h"

#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Sorted by byte value. The C++ library's __throw_...() functions come on top: see is_name(). */
static const char *const names[] = {
    "_Exit",
    "_Unwind_Resume",
    "_ZSt10unexpectedv",
    "_ZSt9terminatev",
    "__assert",
    "__assert_fail",
    "__assert_perror_fail",
    "__chk_fail",
    "__clang_call_terminate",
    "__cxa_bad_cast",
    "__cxa_bad_typeid",
    "__cxa_call_terminate",
    "__cxa_call_unexpected",
    "__cxa_deleted_virtual",
    "__cxa_pure_virtual",
    "__cxa_rethrow",
    "__cxa_throw",
    "__cxa_throw_bad_array_length",
    "__cxa_throw_bad_array_new_length",
    "__fortify_fail",
    "__libc_fatal",
    "__longjmp_chk",
    "__stack_chk_fail",
    "_exit",
    "_longjmp",
    "abort",
    "err",
    "errx",
    "exit",
    "longjmp",
    "pthread_exit",
    "quick_exit",
    "siglongjmp",
    "thrd_exit",
    "verr",
    "verrx",
};

struct noreturn {
    const struct image *image;
    uint64_t *slots; /* sorted: vaddrs of pointers to such functions */
    size_t slot_count, slot_capacity;
};

static int compare_names(const void *left, const void *right)
{
    return strcmp(left, *(const char *const *)right);
}

static bool is_name(const char *name)
{
    if (name[0] == '_' && name[1] == 'Z' && strstr(name, "__throw_"))
        return true;
    return bsearch(name, names, ARRAY_SIZE(names), sizeof(names[0]), compare_names) != NULL;
}

static int compare_vaddrs(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;

    return *a < *b ? -1 : *a > *b;
}

/* The dynamic relocations of one section: slot → symbol. */
static void read_slots(struct noreturn *noreturn, Elf *elf, Elf_Scn *section, uint32_t symbols)
{
    Elf_Scn *symbol_section = elf_getscn(elf, symbols);
    Elf_Data *data = elf_getdata(section, NULL), *symbol_data;
    GElf_Shdr header;
    GElf_Rela rela;

    if (!data || !symbol_section || !gelf_getshdr(symbol_section, &header) ||
        !(symbol_data = elf_getdata(symbol_section, NULL)))
        return;
    for (int i = 0; gelf_getrela(data, i, &rela); i++) {
        const char *name;
        GElf_Sym symbol;

        if (!GELF_R_SYM(rela.r_info) ||
            !gelf_getsym(symbol_data, (int)GELF_R_SYM(rela.r_info), &symbol))
            continue;
        name = elf_strptr(elf, header.sh_link, symbol.st_name);
        if (name && is_name(name))
            *ARRAY_PUSH(noreturn->slots, noreturn->slot_count, noreturn->slot_capacity) =
                rela.r_offset;
    }
}

struct noreturn *noreturn_open(const struct image *image)
{
    struct noreturn *noreturn = mem_alloc(sizeof(*noreturn));
    Elf *elf = image_elf(image);
    Elf_Scn *section = NULL;
    GElf_Shdr header;

    noreturn->image = image;
    while ((section = elf_nextscn(elf, section)))
        if (gelf_getshdr(section, &header) && header.sh_type == SHT_RELA &&
            (header.sh_flags & SHF_ALLOC))
            read_slots(noreturn, elf, section, header.sh_link);
    if (noreturn->slot_count)
        qsort(noreturn->slots, noreturn->slot_count, sizeof(*noreturn->slots), compare_vaddrs);
    return noreturn;
}

void noreturn_close(struct noreturn *noreturn)
{
    if (!noreturn)
        return;
    free(noreturn->slots);
    free(noreturn);
}

/*
 * x86-64, after endbr64 and bnd if there are any:
 *     ff 25 DISP32               jmp *DISP(%rip)
 */
static uint64_t find_x86_slot(const struct image *image, uint64_t vaddr)
{
    static const uint8_t endbr64[] = {0xf3, 0x0f, 0x1e, 0xfa};
    const uint8_t *code = image_code(image, vaddr, vaddr + 11);
    size_t at = 0;
    int32_t disp;

    if (!code)
        return 0;
    if (memcmp(code, endbr64, sizeof(endbr64)) == 0)
        at += sizeof(endbr64);
    if (code[at] == 0xf2)
        at++;
    if (code[at] != 0xff || code[at + 1] != 0x25)
        return 0;
    memcpy(&disp, code + at + 2, sizeof(disp));
    return vaddr + at + 6 + (uint64_t)(int64_t)disp;
}

/*
 * AArch64, after bti if there is one:
 *     1 immlo:2 10000 immhi:19 Rd:5        adrp x16, PAGE
 *     11111001 01 imm12 Rn:5 Rt:5          ldr x17, [x16, imm12 * 8]
 */
static uint64_t find_arm64_slot(const struct image *image, uint64_t vaddr)
{
    const uint8_t *code = image_code(image, vaddr, vaddr + 12);
    uint32_t words[3], adrp, ldr;
    uint64_t pages;

    if (!code)
        return 0;
    memcpy(words, code, sizeof(words));
    if (words[0] == 0xd503245f) { /* bti c */
        adrp = words[1], ldr = words[2];
        vaddr += 4;
    } else {
        adrp = words[0], ldr = words[1];
    }
    if ((adrp & 0x9f00001f) != 0x90000010 || (ldr & 0xffc003ff) != 0xf9400211)
        return 0;
    pages = (adrp >> 5 & 0x7ffff) << 2 | (adrp >> 29 & 3);
    pages = (uint64_t)((int64_t)(pages << 43) >> 43); /* 21 bits, signed */
    return (vaddr & ~UINT64_C(0xfff)) + (pages << 12) + (ldr >> 10 & 0xfff) * 8;
}

bool noreturn_check(const struct noreturn *noreturn, uint64_t target_vaddr)
{
    const struct image *image = noreturn->image;
    const struct image_symbol *symbol = image_find_symbol(image, target_vaddr);
    uint64_t slot;

    if (symbol)
        return symbol->start_vaddr == target_vaddr && is_name(symbol->name);
    if (!noreturn->slot_count)
        return false;
    slot = image_machine(image) == IMAGE_X86_64 ? find_x86_slot(image, target_vaddr)
                                                : find_arm64_slot(image, target_vaddr);
    return slot && noreturn_check_slot(noreturn, slot);
}

bool noreturn_check_slot(const struct noreturn *noreturn, uint64_t slot_vaddr)
{
    return noreturn->slot_count && bsearch(&slot_vaddr, noreturn->slots, noreturn->slot_count,
                                           sizeof(*noreturn->slots), compare_vaddrs);
}
