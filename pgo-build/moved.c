#include "moved.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/path.h"
#include "elf_object.h"
#include "record.h"
#include "slice_index.h"

/* The names of a profile and of a slice of it. */
struct sides {
    struct file_map whole, slice;
    struct byteset *missing;
    struct byteset undefined; /* by the object's symbols */
};

static bool map_names(const char *profile, struct file_map *map)
{
    char *folder = path_folder(profile), *path = path_join(folder, "names");
    bool done = file_map(path, map);

    free(folder);
    free(path);
    return done;
}

/* What LLVM takes off a symbol before it looks for the record. */
static size_t canonical_len(const char *name, size_t len)
{
    static const char *const suffixes[] = {".llvm.", ".part.", ".cold"};

    for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
        const char *found = memmem(name, len, suffixes[i], strlen(suffixes[i]));

        if (found && found != name)
            len = (size_t)(found - name);
    }
    return len;
}

/* The string at `off` of a table; its length is 0 where there is none. */
static const char *string_at(const struct elf_section *table, size_t off, size_t *len)
{
    *len = off < table->len ? strnlen((const char *)table->data + off, table->len - off) : 0;
    return *len ? (const char *)table->data + off : "";
}

static void look_at(struct sides *sides, const char *name, size_t len)
{
    uint32_t id;

    len = canonical_len(name, len);
    if (len && slice_index_has(&sides->whole, name, len) &&
        !slice_index_has(&sides->slice, name, len) &&
        !byteset_find(&sides->undefined, name, len, &id))
        byteset_add(sides->missing, name, len);
}

/* Functions that the object defines, and names that it does not. */
static void look_at_symbols(struct sides *sides, const struct elf_object *object,
                            const struct elf_section *symbols)
{
    struct elf_section names;
    Elf64_Sym symbol;

    if (!elf_object_section(object, symbols->link, &names) || !names.data)
        return;
    for (size_t off = 0; symbols->len - off >= sizeof(symbol); off += sizeof(symbol)) {
        const char *name;
        size_t len;

        memcpy(&symbol, (const char *)symbols->data + off, sizeof(symbol));
        name = string_at(&names, symbol.st_name, &len);
        if (symbol.st_shndx == SHN_UNDEF)
            byteset_add(&sides->undefined, name, len);
        else if (ELF64_ST_TYPE(symbol.st_info) == STT_FUNC)
            look_at(sides, name, len);
    }
}

static void look_at_strings(struct sides *sides, const struct elf_section *strings)
{
    for (size_t off = 0, len; off < strings->len; off += len + 1) {
        const char *name = string_at(strings, off, &len);

        look_at(sides, name, len);
    }
}

/* Symbols first: a function that is only called has its name in the debug information as well. */
static void look_at_object(struct sides *sides, const struct elf_object *object, bool with_inlined)
{
    struct elf_section section;

    for (size_t i = 0; i < object->section_count; i++)
        if (elf_object_section(object, i, &section) && section.data && section.type == SHT_SYMTAB)
            look_at_symbols(sides, object, &section);
    for (size_t i = 0; with_inlined && i < object->section_count; i++)
        if (elf_object_section(object, i, &section) && section.data &&
            strcmp(section.name, ".debug_str") == 0 && !(section.flags & SHF_COMPRESSED))
            look_at_strings(sides, &section);
}

void moved_find(const char *object, const char *slice, const char *whole, bool with_inlined,
                struct byteset *names)
{
    struct sides sides = {.missing = names};
    struct elf_object opened;

    /* no names, no answer: the cache is of another version, or was cleaned */
    if (map_names(whole, &sides.whole) && map_names(slice, &sides.slice) &&
        elf_object_open(&opened, object)) {
        look_at_object(&sides, &opened, with_inlined);
        elf_object_close(&opened);
    }
    if (sides.whole.data)
        file_unmap(&sides.whole);
    if (sides.slice.data)
        file_unmap(&sides.slice);
    byteset_release(&sides.undefined);
}

void moved_note(const char *state, const char *profile, const char *source,
                const struct byteset *names)
{
    char *path = mem_format("%s/moved", state);
    struct strbuf lines = {0};
    struct err err = {0};

    for (uint32_t i = 0; i < names->count; i++) {
        record_add(&lines, profile);
        record_add(&lines, source);
        record_add(&lines, byteset_at(names, i, NULL));
        record_end(&lines);
    }
    if (!record_append(path, &lines, &err)) {
        /* the file is compiled twice the next time as well */
    }
    strbuf_release(&lines);
    free(path);
}
