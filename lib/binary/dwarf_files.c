#include "binary/dwarf_files.h"

#include <dwarf.h>
#include <stdlib.h>

#include "base/path.h"

struct reader {
    struct dwarf_files *files;
    const struct dwarf_cu *cu;
    struct dwarf_encoding encoding;
};

static void add_folder(struct dwarf_files *files, const char *name)
{
    *ARRAY_PUSH(files->folders, files->folder_count, files->folder_capacity) = name;
}

/* Below its folder, and that below the folder of the compilation, which is the first. */
static void add_file(struct dwarf_files *files, const char *name, uint64_t folder)
{
    char *inner = path_join(folder < files->folder_count ? files->folders[folder] : "", name);
    char *path = path_join(files->folder_count ? files->folders[0] : "", inner);

    *ARRAY_PUSH(files->names, files->count, files->capacity) = arena_strdup(&files->arena, path);
    free(inner);
    free(path);
}

/* To version 4: texts that end with an empty one; numbers count from 1. */
static void read_old_names(struct dwarf_files *files, struct cursor *cursor, const char *folder)
{
    add_folder(files, folder);
    while (cursor->at < cursor->end) {
        const char *name = dwarf_bytes_text(cursor);

        if (!name[0])
            break;
        add_folder(files, name);
    }
    add_file(files, "", 0);
    while (cursor->at < cursor->end) {
        const char *name = dwarf_bytes_text(cursor);
        uint64_t in;

        if (!name[0])
            break;
        in = cursor_uleb(cursor);
        cursor_uleb(cursor); /* modification time */
        cursor_uleb(cursor); /* size */
        add_file(files, name, in);
    }
}

/* From version 5: what an entry consists of, then the entries. Once for folders, once for files. */
static bool read_names(struct reader *reader, struct cursor *cursor, bool are_files)
{
    unsigned spec_count = (unsigned)cursor_fixed(cursor, 1);
    struct dwarf_spec specs[UINT8_MAX];
    uint64_t count;

    for (unsigned i = 0; i < spec_count; i++) {
        uint64_t kind = cursor_uleb(cursor);

        specs[i] = (struct dwarf_spec){.name = kind > UINT16_MAX ? 0 : (uint16_t)kind,
                                       .form = (uint16_t)cursor_uleb(cursor)};
    }
    count = cursor_uleb(cursor);
    for (; count && cursor->at < cursor->end; count--) {
        const char *name = "";
        uint64_t folder = 0;

        for (unsigned i = 0; i < spec_count; i++) {
            struct dwarf_value value;

            if (!dwarf_form_read(&reader->encoding, cursor, &specs[i], &value))
                return false;
            if (specs[i].name == DW_LNCT_path)
                name = dwarf_cu_text(reader->cu, &value);
            else if (specs[i].name == DW_LNCT_directory_index)
                folder = value.number;
        }
        if (are_files)
            add_file(reader->files, name, folder);
        else
            add_folder(reader->files, name);
    }
    return true;
}

/* The header of a line table, up to its folders: line_table.c has its layout. */
static bool skip_to_names(struct reader *reader, struct cursor *cursor)
{
    uint64_t len = cursor_u32(cursor);
    uint8_t opcode_base;

    reader->encoding = (struct dwarf_encoding){.offset_bytes = 4, .address_bytes = 8};
    if (len == UINT32_MAX) {
        len = cursor_u64(cursor);
        reader->encoding.offset_bytes = 8;
    }
    if (len > (uint64_t)(cursor->end - cursor->at))
        return false;
    cursor->end = cursor->at + len;
    reader->encoding.version = (uint8_t)cursor_u16(cursor);
    if (reader->encoding.version >= 5)
        cursor_take(cursor, 2);
    cursor_take(cursor, reader->encoding.offset_bytes);
    cursor_take(cursor, reader->encoding.version >= 4 ? 5 : 4);
    opcode_base = cursor_u8(cursor);
    cursor_take(cursor, opcode_base ? opcode_base - 1u : 0);
    return reader->encoding.version >= 2 && reader->encoding.version <= 5 && !cursor->is_damaged;
}

void dwarf_files_read(struct dwarf_files *files, const struct dwarf_cu *cu, uint64_t off,
                      const char *folder)
{
    struct reader reader = {.files = files, .cu = cu};
    struct cursor cursor = dwarf_bytes_at(cu->sections->line, off);

    if (!skip_to_names(&reader, &cursor))
        return;
    if (reader.encoding.version < 5)
        read_old_names(files, &cursor, folder);
    else if (read_names(&reader, &cursor, false))
        (void)!read_names(&reader, &cursor, true);
}

void dwarf_files_release(struct dwarf_files *files)
{
    free(files->folders);
    free(files->names);
    arena_release(&files->arena);
    *files = (struct dwarf_files){0};
}

const char *dwarf_files_name(const struct dwarf_files *files, uint64_t number)
{
    return number < files->count ? files->names[number] : "";
}
