#include "elf_object.h"

#include <elf.h>
#include <string.h>

#include "base/strbuf.h"

/* Where in the file; false: not all of it is there. */
static bool copy_from(const struct elf_object *object, uint64_t off, void *to, size_t len)
{
    if (off > object->map.len || len > object->map.len - off)
        return false;
    memcpy(to, (const char *)object->map.data + off, len);
    return true;
}

static bool read_header(const struct elf_object *object, size_t index, Elf64_Shdr *header)
{
    return copy_from(object, object->table_off + index * sizeof(*header), header, sizeof(*header));
}

/* Numbers too large for the file's header stand in the first section's. */
static bool read_table(struct elf_object *object)
{
    const unsigned char order =
        __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;
    Elf64_Shdr first = {0}, names;
    size_t names_index;
    Elf64_Ehdr file;

    if (!copy_from(object, 0, &file, sizeof(file)) || memcmp(file.e_ident, ELFMAG, SELFMAG) != 0 ||
        file.e_ident[EI_CLASS] != ELFCLASS64 || file.e_ident[EI_DATA] != order ||
        file.e_shentsize != sizeof(Elf64_Shdr) || file.e_shoff > object->map.len)
        return false;
    object->table_off = file.e_shoff;
    if ((!file.e_shnum || file.e_shstrndx == SHN_XINDEX) && !read_header(object, 0, &first))
        return false;
    object->section_count = file.e_shnum ? file.e_shnum : first.sh_size;
    names_index = file.e_shstrndx == SHN_XINDEX ? first.sh_link : file.e_shstrndx;
    if (object->section_count > (object->map.len - file.e_shoff) / sizeof(Elf64_Shdr) ||
        names_index >= object->section_count || !read_header(object, names_index, &names) ||
        names.sh_offset > object->map.len || names.sh_size > object->map.len - names.sh_offset)
        return false;
    object->names_off = names.sh_offset;
    object->names_len = names.sh_size;
    return true;
}

bool elf_object_open(struct elf_object *object, const char *path)
{
    *object = (struct elf_object){0};
    if (!file_map(path, &object->map))
        return false;
    if (read_table(object))
        return true;
    elf_object_close(object);
    return false;
}

void elf_object_close(struct elf_object *object)
{
    if (object->map.data)
        file_unmap(&object->map);
    *object = (struct elf_object){0};
}

bool elf_object_section(const struct elf_object *object, size_t index, struct elf_section *section)
{
    const char *file = object->map.data;
    Elf64_Shdr header;

    if (index >= object->section_count || !read_header(object, index, &header) ||
        header.sh_name >= object->names_len ||
        !memchr(file + object->names_off + header.sh_name, '\0',
                object->names_len - header.sh_name))
        return false;
    *section = (struct elf_section){.name = file + object->names_off + header.sh_name,
                                    .type = header.sh_type,
                                    .link = header.sh_link,
                                    .info = header.sh_info,
                                    .flags = header.sh_flags};
    if (header.sh_type == SHT_NOBITS || header.sh_type == SHT_NULL)
        return true;
    if (header.sh_offset > object->map.len || header.sh_size > object->map.len - header.sh_offset)
        return false;
    section->data = file + header.sh_offset;
    section->len = header.sh_size;
    return true;
}

static bool is_left_out(const char *name)
{
    return strcmp(name, ".pseudo_probe") == 0 || strcmp(name, ".rela.pseudo_probe") == 0 ||
           strcmp(name, ".note.gnu.build-id") == 0;
}

bool elf_object_content(const char *path, struct content_name *name)
{
    struct elf_object object;
    struct elf_section section;
    struct strbuf facts = {0};

    if (!elf_object_open(&object, path)) {
        struct file_map map;
        bool done = file_map(path, &map);

        if (done) {
            *name = content_name(map.data, map.len);
            file_unmap(&map);
        }
        return done;
    }
    for (size_t i = 0; i < object.section_count; i++) {
        if (!elf_object_section(&object, i, &section) || is_left_out(section.name))
            continue;
        strbuf_add_format(&facts, "%s %u %u %u %llu %s\n", section.name, section.type, section.link,
                          section.info, (unsigned long long)section.flags,
                          content_name(section.data, section.len).text);
    }
    *name = content_name(facts.data, facts.len);
    strbuf_release(&facts);
    elf_object_close(&object);
    return true;
}
