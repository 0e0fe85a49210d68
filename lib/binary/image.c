#include "binary/image.h"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/strbuf.h"

struct range { /* [start, end) */
    uint64_t start_vaddr, end_vaddr;
};

struct image {
    char *path;
    int fd;
    Elf *elf;
    GElf_Ehdr header;
    GElf_Phdr *segments; /* PT_LOAD with file content, in the order of the file */
    size_t segment_count;
    struct range *code; /* executable sections; segments where the section table is gone */
    size_t code_count, code_capacity;
    char *build_id;
    struct image_symbol *symbols;
    size_t symbol_count, symbol_capacity;
    const uint8_t *content; /* the whole file, mapped by libelf */
    size_t content_len;
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

static void read_symbol_table(struct image *image, Elf_Scn *section, const GElf_Shdr *header)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t count = data && header->sh_entsize ? data->d_size / header->sh_entsize : 0;

    for (size_t i = 0; i < count; i++) {
        const char *name;
        uint64_t end;
        GElf_Sym symbol;

        if (!gelf_getsym(data, (int)i, &symbol) || GELF_ST_TYPE(symbol.st_info) != STT_FUNC ||
            symbol.st_shndx == SHN_UNDEF || symbol.st_size == 0)
            continue;
        name = elf_strptr(image->elf, header->sh_link, symbol.st_name);
        if (!name || __builtin_add_overflow(symbol.st_value, symbol.st_size, &end))
            continue;
        *ARRAY_PUSH(image->symbols, image->symbol_count, image->symbol_capacity) =
            (struct image_symbol){symbol.st_value, end, name,
                                  GELF_ST_BIND(symbol.st_info) == STB_LOCAL};
    }
}

static int compare_symbols(const void *left, const void *right)
{
    const struct image_symbol *a = left, *b = right;

    if (a->start_vaddr != b->start_vaddr)
        return a->start_vaddr < b->start_vaddr ? -1 : 1;
    if (a->end_vaddr != b->end_vaddr)
        return a->end_vaddr > b->end_vaddr ? -1 : 1; /* the longest alias stands */
    return strcmp(a->name, b->name);
}

/* Sorts, drops aliases, and cuts a symbol where the next one starts. */
static void order_symbols(struct image *image)
{
    size_t kept = 0;

    if (image->symbol_count)
        qsort(image->symbols, image->symbol_count, sizeof(*image->symbols), compare_symbols);
    for (size_t i = 0; i < image->symbol_count; i++) {
        struct image_symbol *last = kept ? &image->symbols[kept - 1] : NULL;

        if (last && last->start_vaddr == image->symbols[i].start_vaddr)
            continue;
        if (last && last->end_vaddr > image->symbols[i].start_vaddr)
            last->end_vaddr = image->symbols[i].start_vaddr;
        image->symbols[kept++] = image->symbols[i];
    }
    image->symbol_count = kept;
}

/* The full table if there is one, else the dynamic one. */
static void read_symbols(struct image *image)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;

    while ((section = elf_nextscn(image->elf, section)))
        if (gelf_getshdr(section, &header) && header.sh_type == SHT_SYMTAB)
            read_symbol_table(image, section, &header);
    while (image->symbol_count == 0 && (section = elf_nextscn(image->elf, section)))
        if (gelf_getshdr(section, &header) && header.sh_type == SHT_DYNSYM)
            read_symbol_table(image, section, &header);
    order_symbols(image);
}

static bool open_elf(struct image *image, const char *path, struct err *err)
{
    elf_version(EV_CURRENT);
    image->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (image->fd < 0)
        return err_errno(err, path, "cannot open");
    image->elf = elf_begin(image->fd, ELF_C_READ_MMAP, NULL);
    if (!image->elf || elf_kind(image->elf) != ELF_K_ELF ||
        !gelf_getehdr(image->elf, &image->header))
        return err_set(err, ERR_FORMAT, "%s: not an ELF executable or shared library", path);
    if (image->header.e_type != ET_EXEC && image->header.e_type != ET_DYN)
        return err_set(err, ERR_UNSUPPORTED,
                       "%s: an ELF file of type %u, expected an executable or shared library", path,
                       image->header.e_type);
    image->content = (const uint8_t *)elf_rawfile(image->elf, &image->content_len);
    return true;
}

struct image *image_open(const char *path, struct err *err)
{
    struct image *image = mem_alloc(sizeof(*image));

    image->fd = -1;
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
    elf_end(image->elf);
    if (image->fd >= 0)
        close(image->fd);
    free(image->path);
    free(image->segments);
    free(image->code);
    free(image->build_id);
    free(image->symbols);
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
    return image->elf;
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

const struct image_symbol *image_symbols(const struct image *image, size_t *count)
{
    *count = image->symbol_count;
    return image->symbols;
}

const struct image_symbol *image_find_symbol(const struct image *image, uint64_t vaddr)
{
    size_t low = 0, high = image->symbol_count;

    while (low < high) { /* the first symbol that starts beyond vaddr */
        size_t middle = low + (high - low) / 2;

        if (image->symbols[middle].start_vaddr <= vaddr)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || image->symbols[low - 1].end_vaddr <= vaddr)
        return NULL;
    return &image->symbols[low - 1];
}

static const uint8_t *find_content(const struct image *image, uint64_t start_vaddr,
                                   uint64_t end_vaddr, unsigned flags)
{
    if (!image->content || end_vaddr < start_vaddr)
        return NULL;
    for (size_t i = 0; i < image->segment_count; i++) {
        const GElf_Phdr *segment = &image->segments[i];
        uint64_t skip = start_vaddr - segment->p_vaddr;
        uint64_t len = end_vaddr - start_vaddr;

        if ((segment->p_flags & flags) != flags || start_vaddr < segment->p_vaddr ||
            skip > segment->p_filesz || len > segment->p_filesz - skip)
            continue;
        if (segment->p_offset > image->content_len ||
            segment->p_filesz > image->content_len - segment->p_offset)
            return NULL;
        return image->content + segment->p_offset + skip;
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
    char *build_id = NULL;
    Elf *elf = NULL;
    int fd;

    elf_version(EV_CURRENT);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
    if (elf && elf_kind(elf) == ELF_K_ELF)
        build_id = read_build_id(elf);
    elf_end(elf);
    if (fd >= 0)
        close(fd);
    return build_id ? build_id : mem_strdup("");
}
