#include "binary/dwarf_file.h"

#include <dwarf.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "binary/section_zstd.h"

/* A .dwo or .dwp. */
struct split_file {
    Elf *elf;
    struct dwarf_sections sections;
    struct dwarf_bytes index;      /* .debug_cu_index, of a package */
    struct dwarf_sections **units; /* of a package: what dwarf_split_find() has given out */
    size_t unit_count, unit_capacity;
};

static struct dwarf_bytes *find_place(struct dwarf_sections *sections, const char *name)
{
    const struct {
        const char *name;
        struct dwarf_bytes *place;
    } table[] = {
        {"info", &sections->info},
        {"abbrev", &sections->abbrev},
        {"str", &sections->str},
        {"line_str", &sections->line_str},
        {"str_offsets", &sections->str_offsets},
        {"addr", &sections->addr},
        {"rnglists", &sections->rnglists},
        {"ranges", &sections->ranges},
        {"line", &sections->line},
    };

    for (size_t i = 0; i < ARRAY_SIZE(table); i++)
        if (strcmp(name, table[i].name) == 0)
            return table[i].place;
    return NULL;
}

/* "info" of ".debug_info", ".zdebug_info" and, if it is of split DWARF, ".debug_info.dwo". */
static bool read_name(const char *name, bool is_split, char *out, size_t out_len)
{
    const char *start = strncmp(name, ".zdebug_", 8) == 0  ? name + 8
                        : strncmp(name, ".debug_", 7) == 0 ? name + 7
                                                           : NULL;
    size_t len = start ? strlen(start) : 0;
    bool has_suffix = len > 4 && strcmp(start + len - 4, ".dwo") == 0;

    if (!start || has_suffix != is_split)
        return false;
    if (has_suffix)
        len -= 4;
    if (len >= out_len)
        return false;
    memcpy(out, start, len);
    out[len] = '\0';
    return true;
}

/* In place, by libelf: by zlib, and by what a libelf newer than Debian 12's can do. */
static bool decompress(Elf_Scn *section, const GElf_Shdr *header, const char *name,
                       bool *were_compressed, struct err *err)
{
    int result = 0;

    if (header->sh_flags & SHF_COMPRESSED)
        result = elf_compress(section, 0, 0);
    else if (strncmp(name, ".zdebug_", 8) == 0)
        result = elf_compress_gnu(section, 0, 0);
    *were_compressed |= result > 0;
    if (result >= 0)
        return true;
    err_set(err, ERR_UNSUPPORTED, "section %s: cannot be decompressed: %s", name, elf_errmsg(-1));
    return err_hint(err, "objcopy --decompress-debug-sections FILE, or link with "
                         "-Wl,--compress-debug-sections=zlib");
}

static struct dwarf_bytes content_of(Elf_Scn *section)
{
    Elf_Data *data = elf_rawdata(section, NULL);

    return data && data->d_buf ? (struct dwarf_bytes){data->d_buf, data->d_size}
                               : (struct dwarf_bytes){0};
}

static bool read_section(Elf_Scn *section, const GElf_Shdr *header, const char *name,
                         struct dwarf_sections *sections, struct dwarf_bytes *bytes,
                         struct err *err)
{
    if (header->sh_flags & SHF_COMPRESSED && section_is_zstd(section)) {
        if (section_zstd_read(section, &sections->decompressed, &bytes->data, &bytes->len, err))
            return true;
        err_prepend(err, "section %s: cannot be decompressed: ", name);
        return err_hint(err, "the file is damaged: link it anew, or take another copy");
    }
    if (!decompress(section, header, name, &sections->were_compressed, err))
        return false;
    *bytes = content_of(section);
    return true;
}

bool dwarf_sections_read(void *elf, bool is_split, struct dwarf_sections *sections, struct err *err)
{
    size_t names;
    Elf_Scn *section = NULL;
    GElf_Shdr header;

    *sections = (struct dwarf_sections){0};
    if (elf_getshdrstrndx(elf, &names) != 0)
        return true;
    while ((section = elf_nextscn(elf, section))) {
        const char *name =
            gelf_getshdr(section, &header) ? elf_strptr(elf, names, header.sh_name) : NULL;
        struct dwarf_bytes *place = NULL;
        char what[16];

        if (name && header.sh_type != SHT_NOBITS && read_name(name, is_split, what, sizeof(what)))
            place = find_place(sections, what);
        if (!place)
            continue;
        if (!read_section(section, &header, name, sections, place, err)) {
            dwarf_sections_release(sections);
            return false;
        }
    }
    return true;
}

void dwarf_sections_release(struct dwarf_sections *sections)
{
    arena_release(&sections->decompressed);
    *sections = (struct dwarf_sections){0};
}

/* False: it is there, and cannot be decompressed. */
static bool read_index_section(struct split_file *file, struct err *err)
{
    size_t names;
    Elf_Scn *section = NULL;
    GElf_Shdr header;

    if (elf_getshdrstrndx(file->elf, &names) != 0)
        return true;
    while ((section = elf_nextscn(file->elf, section))) {
        const char *name =
            gelf_getshdr(section, &header) ? elf_strptr(file->elf, names, header.sh_name) : NULL;

        if (name && strcmp(name, ".debug_cu_index") == 0)
            return read_section(section, &header, name, &file->sections, &file->index, err);
    }
    return true;
}

static void close_file(struct split_file *file)
{
    for (size_t i = 0; i < file->unit_count; i++)
        free(file->units[i]);
    free(file->units);
    dwarf_sections_release(&file->sections);
    elf_end(file->elf);
    free(file);
}

static bool read_file(struct split_file *file)
{
    struct err ignored = {0};

    if (!file->elf || elf_kind(file->elf) != ELF_K_ELF ||
        !dwarf_sections_read(file->elf, true, &file->sections, &ignored))
        return false;
    return read_index_section(file, &ignored) && file->sections.info.len > 0;
}

/*
 * NULL: not there, or not such a file. It is mapped, and its descriptor closed: a program may have
 * thousands.
 */
static struct split_file *open_file(struct dwarf_split *split, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* the name may be of a pipe */
    struct split_file *file;
    struct stat info;
    bool done;

    if (fd < 0)
        return NULL;
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        close(fd);
        return NULL;
    }
    file = mem_alloc(sizeof(*file));
    file->elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
    done = read_file(file) && elf_cntl(file->elf, ELF_C_FDDONE) == 0;
    close(fd);
    if (!done) {
        close_file(file);
        return NULL;
    }
    *ARRAY_PUSH(split->files, split->file_count, split->file_capacity) = file;
    return file;
}

/* The first unit of the sections that has code and this id. */
static bool find_unit(const struct dwarf_sections *sections, uint64_t id, struct dwarf_cu *cu)
{
    uint64_t off = 0;

    while (dwarf_cu_read(cu, sections, off, &off)) {
        struct dwarf_die die;
        bool is_it = false;

        if (!dwarf_cu_is_code(cu))
            continue;
        if (cu->encoding.version >= 5)
            is_it = cu->dwo_id == id;
        else if (dwarf_cu_open(cu, NULL, &die))
            is_it = cu->dwo_id == id;
        dwarf_cu_release(cu);
        if (is_it)
            return true;
    }
    return false;
}

static struct dwarf_bytes slice(struct dwarf_bytes section, uint64_t off, uint64_t len)
{
    if (off > section.len || len > section.len - off)
        return (struct dwarf_bytes){0};
    return (struct dwarf_bytes){section.data + off, len};
}

/*
 * .debug_cu_index:
 *     version:4 (from version 5: version:2, 0:2)   columns:4   units:4   slots:4
 *     id:8 of each slot   row:4 of each slot, from 1; 0: an empty slot
 *     section:4 of each column   then offset:4 of each row and column   then length:4, the same
 */
struct package_index {
    struct dwarf_bytes bytes;
    uint64_t version, columns, rows, slots;
    uint64_t rows_off, sections_off, offsets_off, lengths_off;
};

static bool read_index(struct dwarf_bytes bytes, struct package_index *index)
{
    struct cursor cursor = dwarf_bytes_at(bytes, 0);

    index->bytes = bytes;
    index->version = cursor_fixed(&cursor, 4) & 0xffff;
    index->columns = cursor_fixed(&cursor, 4);
    index->rows = cursor_fixed(&cursor, 4);
    index->slots = cursor_fixed(&cursor, 4);
    index->rows_off = 16 + index->slots * 8;
    index->sections_off = index->rows_off + index->slots * 4;
    index->offsets_off = index->sections_off + index->columns * 4;
    index->lengths_off = index->offsets_off + index->rows * index->columns * 4;
    return (index->version == 2 || index->version == 5) && index->columns <= 8 &&
           index->slots <= bytes.len / 12;
}

static uint64_t number_at(const struct package_index *index, uint64_t off, unsigned bytes)
{
    struct cursor cursor = dwarf_bytes_at(index->bytes, off);

    return cursor_fixed(&cursor, bytes);
}

/* From 1; 0: not in the package. */
static uint64_t find_row(const struct package_index *index, uint64_t id)
{
    for (uint64_t slot = 0; slot < index->slots; slot++)
        if (number_at(index, 16 + slot * 8, 8) == id)
            return number_at(index, index->rows_off + slot * 4, 4);
    return 0;
}

static void take_column(const struct package_index *index, uint64_t row, uint64_t column,
                        const struct dwarf_sections *whole, struct dwarf_sections *sections)
{
    uint64_t cell = ((row - 1) * index->columns + column) * 4;
    uint64_t off = number_at(index, index->offsets_off + cell, 4);
    uint64_t len = number_at(index, index->lengths_off + cell, 4);

    switch (number_at(index, index->sections_off + column * 4, 4)) {
    case DW_SECT_INFO:
        sections->info = slice(whole->info, off, len);
        break;
    case DW_SECT_ABBREV:
        sections->abbrev = slice(whole->abbrev, off, len);
        break;
    case DW_SECT_LINE:
        sections->line = slice(whole->line, off, len);
        break;
    case DW_SECT_STR_OFFSETS:
        sections->str_offsets = slice(whole->str_offsets, off, len);
        break;
    case DW_SECT_RNGLISTS: /* 8 was .debug_macro in version 2 */
        if (index->version == 5)
            sections->rnglists = slice(whole->rnglists, off, len);
        break;
    default:
        break;
    }
}

static bool find_in_package(struct split_file *package, uint64_t id, struct dwarf_cu *cu)
{
    struct package_index index;
    struct dwarf_sections *sections;
    uint64_t row = read_index(package->index, &index) ? find_row(&index, id) : 0;

    if (row == 0 || row > index.rows)
        return false;
    sections = mem_alloc(sizeof(*sections));
    *ARRAY_PUSH(package->units, package->unit_count, package->unit_capacity) = sections;
    sections->str = package->sections.str;
    for (uint64_t column = 0; column < index.columns; column++)
        take_column(&index, row, column, &package->sections, sections);
    return find_unit(sections, id, cu);
}

static bool find_in_file(struct dwarf_split *split, const char *folder, const char *name,
                         uint64_t id, struct dwarf_cu *cu)
{
    char *path = path_join(folder, name);
    struct split_file *file = open_file(split, path);

    free(path);
    return file && find_unit(&file->sections, id, cu);
}

/* .dwo: as the skeleton says, then beside the binary. */
static bool find_loose(struct dwarf_split *split, const struct dwarf_cu *skeleton,
                       const struct dwarf_die *die, struct dwarf_cu *cu)
{
    const char *folder = dwarf_die_text(skeleton, die, FACT_COMP_DIR);
    const char *name = dwarf_die_text(skeleton, die, FACT_DWO_NAME);
    char *beside = path_folder(split->binary_path);
    bool found = find_in_file(split, folder, name, skeleton->dwo_id, cu) ||
                 find_in_file(split, beside, name, skeleton->dwo_id, cu) ||
                 find_in_file(split, beside, path_base(name), skeleton->dwo_id, cu);

    free(beside);
    if (!found && !split->missing_count++)
        split->missing = mem_strdup(name);
    return found;
}

bool dwarf_split_find(struct dwarf_split *split, const struct dwarf_cu *skeleton,
                      const struct dwarf_die *die, struct dwarf_cu *cu)
{
    if (!dwarf_die_has(die, FACT_DWO_NAME))
        return false;
    if (!split->is_package_known) {
        char *path = mem_format("%s.dwp", split->binary_path);

        split->is_package_known = true;
        split->package = open_file(split, path);
        free(path);
    }
    return (split->package && find_in_package(split->package, skeleton->dwo_id, cu)) ||
           find_loose(split, skeleton, die, cu);
}

void dwarf_split_close(struct dwarf_split *split)
{
    for (size_t i = 0; i < split->file_count; i++)
        close_file(split->files[i]);
    free(split->files);
    free(split->missing);
    *split = (struct dwarf_split){0};
}
