#include "note.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "base/content.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/path.h"
#include "cache.h"
#include "compiler.h"

/* The features that programs have in common; "all of the inputs agree" is a bit that all have. */
static const struct {
    const char *machine;
    Elf64_Half elf_machine;
    uint32_t property, features;
} machines[] = {
    {COMPILER_X86_64, EM_X86_64, 0xc0000002 /* GNU_PROPERTY_X86_FEATURE_1_AND */,
     0xf /* IBT, SHSTK, LAM_U48, LAM_U57 */},
    {COMPILER_AARCH64, EM_AARCH64, 0xc0000000 /* GNU_PROPERTY_AARCH64_FEATURE_1_AND */,
     0x7 /* BTI, PAC, GCS */},
};

/* 16 bytes behind a note's header of 12 and its owner of 4. */
struct property_note {
    Elf64_Nhdr header;
    char owner[4];
    uint32_t property, size, features, padding;
};

static const char section_names[] = "\0.note.pgo\0.note.gnu.property\0.note.GNU-stack\0.shstrtab";
enum { NAME_NOTE = 1, NAME_PROPERTY = 11, NAME_STACK = 30, NAME_NAMES = 46 };

void note_format(const struct profile *profile, const char *root, struct strbuf *out)
{
    const char *name = path_base(profile->source);
    const struct provenance *provenance = &profile->provenance;

    if (path_is_below(profile->source, root)) {
        name = profile->source + strlen(root);
        name += *name == '/';
    }
    strbuf_add_format(out, "profile %s\ncontent %s\nby %s\n", name, profile->content.text,
                      profile->by_probe ? "probe" : "line");
    if (provenance->samples) {
        strbuf_add_text(out, "recorded ");
        provenance_describe(provenance, out);
        strbuf_add_char(out, '\n');
    }
}

/* The text behind the key, if the line starts with it. */
static bool take(const char *line, const char *key, const char **value)
{
    size_t len = strlen(key);

    if (strncmp(line, key, len) != 0)
        return false;
    *value = line + len;
    return true;
}

void note_parse(char *text, struct note *note)
{
    *note = (struct note){"", "", "", ""};
    for (char *c = text; *c; c++) /* it may be anybody's program, and goes to a terminal */
        if (((unsigned char)*c < 0x20 && *c != '\n') || *c == 0x7f)
            *c = '?';
    for (char *line = strsep(&text, "\n"); line; line = strsep(&text, "\n"))
        if (!take(line, "profile ", &note->profile) && !take(line, "content ", &note->content) &&
            !take(line, "by ", &note->by))
            take(line, "recorded ", &note->recorded);
}

static void align(struct strbuf *out, size_t alignment)
{
    while (out->len % alignment)
        strbuf_add_char(out, '\0');
}

/* Header, owner and text with their NULs, each in whole words of 4 bytes. */
static void add_note(struct strbuf *out, const struct strbuf *text)
{
    Elf64_Nhdr header = {.n_namesz = sizeof(NOTE_OWNER),
                         .n_descsz = (Elf64_Word)text->len + 1,
                         .n_type = NOTE_PROFILE};

    strbuf_add(out, &header, sizeof(header));
    strbuf_add(out, NOTE_OWNER, sizeof(NOTE_OWNER));
    align(out, 4);
    strbuf_add(out, text->data, text->len + 1);
    align(out, 4);
}

static void add_property(struct strbuf *out, uint32_t property, uint32_t features)
{
    struct property_note note = {
        .header = {.n_namesz = 4, .n_descsz = 16, .n_type = NT_GNU_PROPERTY_TYPE_0},
        .owner = "GNU",
        .property = property,
        .size = sizeof(features),
        .features = features};

    strbuf_add(out, &note, sizeof(note));
}

static Elf64_Shdr section(uint32_t name, uint32_t type, size_t offset, size_t end, size_t alignment)
{
    return (Elf64_Shdr){.sh_name = name,
                        .sh_type = type,
                        .sh_flags = type == SHT_NOTE ? SHF_ALLOC : 0,
                        .sh_offset = offset,
                        .sh_size = end - offset,
                        .sh_addralign = alignment};
}

/*
 * ELF header | .note.pgo | .note.gnu.property | .shstrtab | section headers, little-endian, and so
 * only made where that is our own order. The empty .note.GNU-stack says that no stack has to be
 * executable.
 */
static void write_object(Elf64_Half machine, uint32_t property, uint32_t features,
                         const struct strbuf *text, struct strbuf *out)
{
    Elf64_Ehdr header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
                                     EV_CURRENT, ELFOSABI_NONE},
                         .e_type = ET_REL,
                         .e_machine = machine,
                         .e_version = EV_CURRENT,
                         .e_ehsize = sizeof(Elf64_Ehdr),
                         .e_shentsize = sizeof(Elf64_Shdr)};
    Elf64_Shdr sections[5] = {{0}};
    size_t start;

    strbuf_add(out, &header, sizeof(header));
    start = out->len;
    add_note(out, text);
    sections[1] = section(NAME_NOTE, SHT_NOTE, start, out->len, 4);
    align(out, 8);
    start = out->len;
    add_property(out, property, features);
    sections[2] = section(NAME_PROPERTY, SHT_NOTE, start, out->len, 8);
    sections[3] = section(NAME_STACK, SHT_PROGBITS, out->len, out->len, 1);
    start = out->len;
    strbuf_add(out, section_names, sizeof(section_names));
    sections[4] = section(NAME_NAMES, SHT_STRTAB, start, out->len, 1);
    align(out, 8);
    header.e_shoff = out->len;
    header.e_shnum = ARRAY_SIZE(sections);
    header.e_shstrndx = ARRAY_SIZE(sections) - 1;
    memcpy(out->data, &header, sizeof(header));
    strbuf_add(out, sections, sizeof(sections));
}

bool note_object(const char *machine, const struct strbuf *text, struct strbuf *out)
{
    if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
        if (strcmp(machines[i].machine, machine) != 0)
            continue;
        write_object(machines[i].elf_machine, machines[i].property, machines[i].features, text,
                     out);
        return true;
    }
    return false;
}

static bool keep_object(const char *folder, const char *machine, const struct strbuf *text,
                        struct err *err)
{
    char *path = mem_format("%s/%s.o", folder, machine);
    struct strbuf object = {0};
    bool done = cache_touch(path) || !note_object(machine, text, &object) ||
                file_write(path, object.data, object.len, FILE_REPLACE, err);

    strbuf_release(&object);
    free(path);
    return done;
}

char *note_keep(const struct profile *profile, const char *root, const char *cache, struct err *err)
{
    struct strbuf text = {0};
    struct content_name name;
    char *folder;
    bool done;

    note_format(profile, root, &text);
    name = content_name(text.data, text.len);
    folder = mem_format("%s/notes/%s", cache, name.text);
    done = file_make_folders(folder, err);
    for (size_t i = 0; done && i < ARRAY_SIZE(machines); i++)
        done = keep_object(folder, machines[i].machine, &text, err);
    strbuf_release(&text);
    if (done)
        return folder;
    free(folder);
    return NULL;
}
