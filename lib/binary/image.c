#include "binary/image.h"

#include <assert.h>
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/strbuf.h"
#include "binary/elf_file.h"
#include "binary/section.h"
#include "binary/symbols.h"

struct range { /* [start, end) */
    uint64_t start_vaddr, end_vaddr;
};

#define PAGE_MASK UINT64_C(0xfff)

struct image {
    char *path;
    struct elf_file file, debug_file; /* the second one: of separate debug information */
    Elf *elf;                         /* of `file` */
    GElf_Ehdr header;
    GElf_Phdr *segments; /* PT_LOAD with file content, in the order of the file */
    size_t segment_count;
    struct range *code; /* executable sections; segments where the section table is gone */
    size_t code_count, code_capacity;
    char *build_id;
    struct symbols symbols;
    bool has_symbols; /* a full table, of its own or of the debug file */
};

/* Note: 4-byte name size, description size and type, then both, each padded (elf(5)). */
static bool find_build_id(Elf_Data *data, struct strbuf *hex)
{
    size_t next = 0, name_off, desc_off;
    GElf_Nhdr note;

    while (next < data->d_size &&
           (next = gelf_getnote(data, next, &note, &name_off, &desc_off)) > 0) {
        const uint8_t *id = (const uint8_t *)data->d_buf + desc_off;

        if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != sizeof("GNU") ||
            memcmp((const char *)data->d_buf + name_off, "GNU", sizeof("GNU")) != 0)
            continue;
        for (uint32_t i = 0; i < note.n_descsz; i++)
            strbuf_add_format(hex, "%02x", id[i]);
        return hex->len > 0;
    }
    return false;
}

/* Looks in the note segments: a section table may have been stripped. */
static char *read_build_id(Elf *elf)
{
    struct strbuf hex = {0};
    size_t count = 0;
    char *text;

    if (elf_getphdrnum(elf, &count) != 0)
        count = 0;
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;
        Elf_Data *data;

        if (!gelf_getphdr(elf, (int)i, &segment) || segment.p_type != PT_NOTE)
            continue;
        data = elf_getdata_rawchunk(elf, (int64_t)segment.p_offset, segment.p_filesz,
                                    segment.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
        if (data && find_build_id(data, &hex))
            break;
    }
    text = mem_strdup(strbuf_text(&hex));
    strbuf_release(&hex);
    return text;
}

static void read_segments(struct image *image)
{
    size_t count = 0;

    if (elf_getphdrnum(image->elf, &count) != 0)
        count = 0;
    image->segments = mem_array(count, sizeof(*image->segments));
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;

        if (gelf_getphdr(image->elf, (int)i, &segment) && segment.p_type == PT_LOAD &&
            segment.p_filesz > 0)
            image->segments[image->segment_count++] = segment;
    }
}

static void add_code(struct image *image, uint64_t start_vaddr, uint64_t bytes)
{
    uint64_t end_vaddr;

    if (!__builtin_add_overflow(start_vaddr, bytes, &end_vaddr))
        *ARRAY_PUSH(image->code, image->code_count, image->code_capacity) =
            (struct range){start_vaddr, end_vaddr};
}

static void read_code(struct image *image)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;

    while ((section = elf_nextscn(image->elf, section)))
        if (gelf_getshdr(section, &header) && (header.sh_flags & SHF_ALLOC) &&
            (header.sh_flags & SHF_EXECINSTR))
            add_code(image, header.sh_addr, header.sh_size);
    for (size_t i = 0; !image->code_count && i < image->segment_count; i++)
        if (image->segments[i].p_flags & PF_X)
            add_code(image, image->segments[i].p_vaddr, image->segments[i].p_filesz);
}

/* The full table if there is one, else the dynamic one. */
static void read_symbols(struct image *image)
{
    symbols_read(&image->symbols, image->elf, SHT_SYMTAB);
    image->has_symbols = image->symbols.count > 0;
    if (!image->has_symbols)
        symbols_read(&image->symbols, image->elf, SHT_DYNSYM);
    symbols_order(&image->symbols);
}

static bool open_elf(struct image *image, const char *path, struct err *err)
{
    if (!elf_file_open(&image->file, path, err))
        return false;
    image->elf = image->file.elf;
    if (!gelf_getehdr(image->elf, &image->header))
        return err_set(err, ERR_FORMAT, "%s: not an ELF executable or shared library", path);
    if (image->header.e_type != ET_EXEC && image->header.e_type != ET_DYN)
        return err_set(err, ERR_UNSUPPORTED,
                       "%s: an ELF file of type %u, expected an executable or shared library", path,
                       image->header.e_type);
    return true;
}

struct image *image_open(const char *path, struct err *err)
{
    struct image *image = mem_alloc(sizeof(*image));

    if (!open_elf(image, path, err)) {
        image_close(image);
        return NULL;
    }
    image->path = mem_strdup(path);
    image->build_id = read_build_id(image->elf);
    read_segments(image);
    read_code(image);
    read_symbols(image);
    return image;
}

void image_close(struct image *image)
{
    if (!image)
        return;
    elf_file_close(&image->file);
    elf_file_close(&image->debug_file);
    free(image->path);
    free(image->segments);
    free(image->code);
    free(image->build_id);
    symbols_release(&image->symbols);
    free(image);
}

const char *image_path(const struct image *image)
{
    return image->path;
}

const char *image_build_id(const struct image *image)
{
    return image->build_id;
}

enum image_machine image_machine(const struct image *image)
{
    switch (image->header.e_machine) {
    case EM_X86_64:
        return IMAGE_X86_64;
    case EM_AARCH64:
        return IMAGE_AARCH64;
    default:
        return IMAGE_OTHER;
    }
}

void *image_elf(const struct image *image)
{
    return image->elf;
}

void *image_debug_elf(const struct image *image)
{
    return image->debug_file.elf ? image->debug_file.elf : image->elf;
}

static bool has_debug(Elf *elf)
{
    const uint8_t *content;
    size_t len;

    return section_find(elf, ".debug_info", &content, &len) ||
           section_find(elf, ".zdebug_info", &content, &len);
}

bool image_has_debug(const struct image *image)
{
    return has_debug(image_debug_elf(image));
}

/* name, NUL, zeros up to a multiple of 4, then the checksum in 4 bytes */
const char *image_debug_link(const struct image *image, uint32_t *crc)
{
    const uint8_t *content;
    size_t len, name_len;

    if (!section_find(image->elf, ".gnu_debuglink", &content, &len))
        return NULL;
    name_len = strnlen((const char *)content, len);
    if (name_len == 0 || name_len >= len || len < (name_len + 4) / 4 * 4 + sizeof(*crc) ||
        memchr(content, '/', name_len))
        return NULL;
    memcpy(crc, content + (name_len + 4) / 4 * 4, sizeof(*crc));
    return (const char *)content;
}

bool image_attach_debug(struct image *image, const char *path, struct err *err)
{
    struct elf_file mapped = {0};

    assert(!image->debug_file.elf);
    if (!elf_file_open(&mapped, path, err))
        return false;
    if (!has_debug(mapped.elf)) {
        elf_file_close(&mapped);
        return err_set(err, ERR_FORMAT, "%s: expected a file of debug information, found none",
                       path);
    }
    image->debug_file = mapped;
    if (image->has_symbols)
        return true;
    symbols_read(&image->symbols, mapped.elf, SHT_SYMTAB);
    image->has_symbols = image->symbols.count > 0;
    symbols_order(&image->symbols);
    return true;
}

void image_forget(const struct image *image)
{
    elf_file_forget(&image->file);
    elf_file_forget(&image->debug_file);
}

bool image_has_symbols(const struct image *image)
{
    return image->has_symbols;
}

void image_add_symbol(struct image *image, const struct image_symbol *symbol)
{
    symbols_add(&image->symbols, symbol);
}

void image_order_symbols(struct image *image)
{
    image->has_symbols = true;
    symbols_order(&image->symbols);
}

bool image_off_to_vaddr(const struct image *image, uint64_t off, uint64_t *vaddr)
{
    for (size_t i = 0; i < image->segment_count; i++) {
        const GElf_Phdr *segment = &image->segments[i];

        if (off >= segment->p_offset && off - segment->p_offset < segment->p_filesz) {
            *vaddr = off - segment->p_offset + segment->p_vaddr;
            return true;
        }
    }
    return false;
}

uint64_t image_code_start(const struct image *image)
{
    for (size_t i = 0; i < image->segment_count; i++)
        if (image->segments[i].p_flags & PF_X)
            return image->segments[i].p_vaddr & ~PAGE_MASK;
    return 0;
}

uint64_t image_start(const struct image *image)
{
    return image->segment_count ? image->segments[0].p_vaddr & ~PAGE_MASK : 0;
}

bool image_is_code_extent(const struct image *image, uint64_t off, uint64_t len)
{
    for (size_t i = 0; i < image->segment_count; i++) {
        const GElf_Phdr *segment = &image->segments[i];
        uint64_t start = segment->p_offset & ~PAGE_MASK;
        uint64_t end = (segment->p_offset + segment->p_filesz + PAGE_MASK) & ~PAGE_MASK;

        if (segment->p_flags & PF_X && off == start && len == end - start)
            return true;
    }
    return false;
}

const struct image_symbol *image_symbols(const struct image *image, size_t *count)
{
    *count = image->symbols.count;
    return image->symbols.items;
}

const struct image_symbol *image_find_symbol(const struct image *image, uint64_t vaddr)
{
    return symbols_find(&image->symbols, vaddr);
}

static const uint8_t *find_content(const struct image *image, uint64_t start_vaddr,
                                   uint64_t end_vaddr, unsigned flags)
{
    if (end_vaddr < start_vaddr)
        return NULL;
    for (size_t i = 0; i < image->segment_count; i++) {
        const GElf_Phdr *segment = &image->segments[i];
        uint64_t skip = start_vaddr - segment->p_vaddr;
        uint64_t len = end_vaddr - start_vaddr;

        if ((segment->p_flags & flags) != flags || start_vaddr < segment->p_vaddr ||
            skip > segment->p_filesz || len > segment->p_filesz - skip)
            continue;
        if (segment->p_offset > image->file.len ||
            segment->p_filesz > image->file.len - segment->p_offset)
            return NULL;
        return (const uint8_t *)image->file.data + segment->p_offset + skip;
    }
    return NULL;
}

const uint8_t *image_data(const struct image *image, uint64_t start_vaddr, uint64_t end_vaddr)
{
    return find_content(image, start_vaddr, end_vaddr, 0);
}

const uint8_t *image_code(const struct image *image, uint64_t start_vaddr, uint64_t end_vaddr)
{
    return find_content(image, start_vaddr, end_vaddr, PF_X);
}

/* A linker that drops code leaves 0 in what spoke of it. */
bool image_is_code(const struct image *image, uint64_t vaddr)
{
    for (size_t i = 0; i < image->code_count; i++)
        if (vaddr >= image->code[i].start_vaddr && vaddr < image->code[i].end_vaddr)
            return vaddr > 0;
    return false;
}

char *image_read_build_id(const char *path)
{
    struct elf_file mapped = {0};
    struct err ignored = {0};
    char *build_id = NULL;

    if (elf_file_open(&mapped, path, &ignored))
        build_id = read_build_id(mapped.elf);
    elf_file_close(&mapped);
    return build_id ? build_id : mem_strdup("");
}

bool image_needs_loader(const char *path)
{
    struct elf_file file = {0};
    struct err ignored = {0};
    bool is_elf = elf_file_open(&file, path, &ignored), found = false;
    GElf_Phdr segment;
    size_t count = 0;

    if (is_elf && elf_getphdrnum(file.elf, &count) != 0)
        count = 0;
    for (size_t i = 0; i < count && !found; i++)
        found = gelf_getphdr(file.elf, (int)i, &segment) && segment.p_type == PT_INTERP;
    elf_file_close(&file);
    return !is_elf || found;
}
