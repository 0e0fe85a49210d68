#include "binary/elf_note.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "binary/elf_file.h"

/* What is looked for, and where it goes. */
struct search {
    struct elf_notes *notes;
    const char *owner;
    uint32_t type;
};

static void take(const struct search *search, Elf_Data *data)
{
    size_t owner_bytes = strlen(search->owner) + 1, name_off, text_off;
    GElf_Nhdr note;

    for (size_t off = 0;
         data && (off = gelf_getnote(data, off, &note, &name_off, &text_off)) > 0;) {
        const char *text = (const char *)data->d_buf + text_off;

        if (note.n_type == search->type && note.n_namesz == owner_bytes &&
            memcmp((const char *)data->d_buf + name_off, search->owner, owner_bytes) == 0)
            *ARRAY_PUSH(search->notes->texts, search->notes->count, search->notes->capacity) =
                arena_format(&search->notes->arena, "%.*s", (int)strnlen(text, note.n_descsz),
                             text);
    }
}

static void take_segments(const struct search *search, Elf *elf, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;

        if (gelf_getphdr(elf, (int)i, &segment) && segment.p_type == PT_NOTE)
            take(search, elf_getdata_rawchunk(elf, (int64_t)segment.p_offset, segment.p_filesz,
                                              segment.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR));
    }
}

static void take_sections(const struct search *search, Elf *elf)
{
    for (Elf_Scn *section = elf_nextscn(elf, NULL); section; section = elf_nextscn(elf, section)) {
        GElf_Shdr header;

        if (gelf_getshdr(section, &header) && header.sh_type == SHT_NOTE)
            take(search, elf_getdata(section, NULL));
    }
}

bool elf_notes_read(struct elf_notes *notes, const char *path, const char *owner, uint32_t type,
                    struct err *err)
{
    struct search search = {notes, owner, type};
    struct elf_file file = {0};
    size_t count = 0;

    if (!elf_file_open(&file, path, err))
        return false;
    if (elf_getphdrnum(file.elf, &count) == 0 && count)
        take_segments(&search, file.elf, count);
    else
        take_sections(&search, file.elf);
    elf_file_close(&file);
    return true;
}

void elf_notes_release(struct elf_notes *notes)
{
    free(notes->texts);
    arena_release(&notes->arena);
    *notes = (struct elf_notes){0};
}
