#include "binary/pointers.h"

#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>

#include "base/memory.h"

static void read_section(struct pointers *pointers, Elf_Scn *section, uint64_t relative)
{
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Rela rela;

    for (int i = 0; data && gelf_getrela(data, i, &rela); i++)
        if (GELF_R_TYPE(rela.r_info) == relative)
            *ARRAY_PUSH(pointers->items, pointers->count, pointers->capacity) =
                (struct pointer){rela.r_offset, (uint64_t)rela.r_addend};
}

static int compare(const void *left, const void *right)
{
    const struct pointer *a = left, *b = right;

    return a->slot_vaddr < b->slot_vaddr ? -1 : a->slot_vaddr > b->slot_vaddr;
}

static void read_all(struct pointers *pointers, const struct image *image)
{
    uint64_t relative =
        image_machine(image) == IMAGE_X86_64 ? R_X86_64_RELATIVE : R_AARCH64_RELATIVE;
    Elf_Scn *section = NULL;
    GElf_Shdr header;

    pointers->is_read = true;
    while ((section = elf_nextscn(image_elf(image), section)))
        if (gelf_getshdr(section, &header) && header.sh_type == SHT_RELA &&
            (header.sh_flags & SHF_ALLOC))
            read_section(pointers, section, relative);
    if (pointers->count)
        qsort(pointers->items, pointers->count, sizeof(*pointers->items), compare);
}

bool pointers_find(struct pointers *pointers, const struct image *image, uint64_t slot_vaddr,
                   uint64_t *target_vaddr)
{
    const struct pointer wanted = {.slot_vaddr = slot_vaddr};
    const struct pointer *found = NULL;

    if (!pointers->is_read)
        read_all(pointers, image);
    if (pointers->count)
        found = bsearch(&wanted, pointers->items, pointers->count, sizeof(wanted), compare);
    if (found)
        *target_vaddr = found->target_vaddr;
    return found;
}

void pointers_release(struct pointers *pointers)
{
    free(pointers->items);
    *pointers = (struct pointers){0};
}
