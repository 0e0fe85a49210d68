#include "binary/section.h"

#include <gelf.h>
#include <libelf.h>
#include <string.h>

static Elf_Data *find_data(Elf *elf, const char *name)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;
    size_t names;

    if (elf_getshdrstrndx(elf, &names) != 0)
        return NULL;
    while ((section = elf_nextscn(elf, section))) {
        const char *found =
            gelf_getshdr(section, &header) ? elf_strptr(elf, names, header.sh_name) : NULL;

        if (found && strcmp(found, name) == 0 && header.sh_type == SHT_PROGBITS)
            return elf_getdata(section, NULL);
    }
    return NULL;
}

bool section_find(void *elf, const char *name, const uint8_t **content, size_t *len)
{
    const Elf_Data *data = find_data(elf, name);

    if (!data || !data->d_buf || !data->d_size)
        return false;
    *content = data->d_buf;
    *len = data->d_size;
    return true;
}
