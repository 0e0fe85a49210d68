#include "binary/unwind_table.h"

#include <gelf.h>

bool unwind_table_find(const struct image *image, uint64_t *header_vaddr)
{
    Elf *elf = image_elf(image);
    GElf_Phdr segment;
    size_t count = 0;

    if (elf_getphdrnum(elf, &count) != 0)
        return false;
    for (size_t i = 0; i < count; i++)
        if (gelf_getphdr(elf, (int)i, &segment) && segment.p_type == PT_GNU_EH_FRAME) {
            *header_vaddr = segment.p_vaddr;
            return true;
        }
    return false;
}
