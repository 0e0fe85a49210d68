#include "binary/probes.h"

#include <gelf.h>
#include <libelf.h>
#include <md5.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "binary/cursor.h"
#include "binary/section.h"

/*
 * .pseudo_probe_desc, one entry a function:
 *
 *   guid u64, checksum u64, name length ULEB128, name
 *
 * .pseudo_probe, one tree for each function that was compiled:
 *
 *   tree    guid u64, probe count ULEB128, child count ULEB128, probes, children
 *   child   index of the call's probe ULEB128, tree
 *   probe   index ULEB128
 *           u8: kind (4 bits), attributes (3 bits), bit 7: the address is relative
 *           address: SLEB128 from the probe before, or u64
 *           discriminator ULEB128, if attribute 4
 *
 * The first relative address of a tree counts from the start of its function: the symbol whose
 * name has the tree's guid; or, if the function was split or renamed, the symbol named by a
 * sentinel probe (attribute 2), whose u64 is a guid. Older clangs (before 17) give the first probe
 * an absolute address instead. Integers are little-endian.
 */
#define ATTRIBUTE_SENTINEL      2
#define ATTRIBUTE_DISCRIMINATOR 4

/* Copies nest as deep as calls were inlined; damage could nest without end. */
#define MAX_DEPTH 512

struct symbol_start {
    uint64_t guid, vaddr;
};

struct reader {
    struct probes *probes;
    struct symbol_start *starts; /* sorted by guid */
    size_t start_count, start_capacity;
    struct cursor cursor;
    uint64_t last_vaddr;
    bool is_placed; /* last_vaddr is right for the tree that is being read */
};

/* Damage, if it does not fit. */
static uint32_t read_unsigned(struct reader *reader)
{
    uint64_t value = cursor_uleb(&reader->cursor);

    if (value >= UINT32_MAX)
        reader->cursor.is_damaged = true;
    return (uint32_t)value;
}

static int compare_u64(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_functions(const void *left, const void *right)
{
    const struct probe_function *a = left, *b = right;

    return compare_u64(a->guid, b->guid);
}

static int compare_starts(const void *left, const void *right)
{
    const struct symbol_start *a = left, *b = right;
    int order = compare_u64(a->guid, b->guid);

    return order ? order : compare_u64(a->vaddr, b->vaddr);
}

static int compare_probes(const void *left, const void *right)
{
    const struct probe *a = left, *b = right;
    int order = compare_u64(a->vaddr, b->vaddr);

    if (order == 0)
        order = compare_u64(a->scope, b->scope);
    return order ? order : compare_u64(a->index, b->index);
}

const struct probe_function *probes_find_function(const struct probes *probes, uint64_t guid)
{
    struct probe_function key = {.guid = guid};

    if (!probes->function_count)
        return NULL;
    return bsearch(&key, probes->functions, probes->function_count, sizeof(key), compare_functions);
}

static void read_functions(struct reader *reader)
{
    struct probes *probes = reader->probes;

    while (reader->cursor.at < reader->cursor.end) {
        struct probe_function function = {.guid = cursor_u64(&reader->cursor)};

        function.checksum = cursor_u64(&reader->cursor);
        function.name_len = read_unsigned(reader);
        function.name = (const char *)cursor_take(&reader->cursor, function.name_len);
        if (reader->cursor.is_damaged)
            return;
        *ARRAY_PUSH(probes->functions, probes->function_count, probes->function_capacity) =
            function;
    }
    if (probes->function_count)
        qsort(probes->functions, probes->function_count, sizeof(*probes->functions),
              compare_functions);
}

static uint64_t guid_of(const char *name)
{
    uint8_t digest[MD5_DIGEST_LENGTH];
    uint64_t guid = 0;
    MD5_CTX context;

    MD5Init(&context);
    MD5Update(&context, (const uint8_t *)name, strlen(name));
    MD5Final(digest, &context);
    for (int i = 7; i >= 0; i--)
        guid = guid << 8 | digest[i];
    return guid;
}

/* All names, also those that share an address: image_symbols() has one of them only. */
static void read_starts(struct reader *reader, Elf *elf)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;

    while ((section = elf_nextscn(elf, section))) {
        Elf_Data *data;
        GElf_Sym symbol;

        if (!gelf_getshdr(section, &header) || !header.sh_entsize ||
            (header.sh_type != SHT_SYMTAB && header.sh_type != SHT_DYNSYM))
            continue;
        data = elf_getdata(section, NULL);
        for (size_t i = 0; data && i < data->d_size / header.sh_entsize; i++) {
            const char *name;

            if (!gelf_getsym(data, (int)i, &symbol) || GELF_ST_TYPE(symbol.st_info) != STT_FUNC ||
                symbol.st_shndx == SHN_UNDEF ||
                !(name = elf_strptr(elf, header.sh_link, symbol.st_name)))
                continue;
            *ARRAY_PUSH(reader->starts, reader->start_count, reader->start_capacity) =
                (struct symbol_start){guid_of(name), symbol.st_value};
        }
    }
    if (reader->start_count)
        qsort(reader->starts, reader->start_count, sizeof(*reader->starts), compare_starts);
}

/* The next relative address counts from the symbol with that guid, if there is one. */
static void place(struct reader *reader, uint64_t guid)
{
    size_t low = 0, high = reader->start_count;

    while (low < high) { /* the first symbol not below the guid */
        size_t middle = low + (high - low) / 2;

        if (reader->starts[middle].guid < guid)
            low = middle + 1;
        else
            high = middle;
    }
    reader->is_placed = low < reader->start_count && reader->starts[low].guid == guid;
    if (reader->is_placed)
        reader->last_vaddr = reader->starts[low].vaddr;
}

static void read_probe(struct reader *reader, uint32_t scope)
{
    struct probe probe = {.scope = scope, .index = read_unsigned(reader)};
    uint8_t packed = cursor_u8(&reader->cursor), attributes = packed >> 4 & 7;
    bool is_sentinel = attributes & ATTRIBUTE_SENTINEL;

    probe.kind = (enum probe_kind)(packed & 0xf);
    if (packed & 0x80) {
        reader->last_vaddr += cursor_sleb(&reader->cursor);
    } else if (is_sentinel) {
        place(reader, cursor_u64(&reader->cursor));
    } else {
        reader->last_vaddr = cursor_u64(&reader->cursor);
        reader->is_placed = true;
    }
    if (attributes & ATTRIBUTE_DISCRIMINATOR)
        read_unsigned(reader);
    probe.vaddr = reader->last_vaddr;
    if (!is_sentinel && reader->is_placed && !reader->cursor.is_damaged &&
        probe.kind <= PROBE_DIRECT_CALL)
        *ARRAY_PUSH(reader->probes->items, reader->probes->count, reader->probes->capacity) = probe;
}

/* From the guid on; `parent` is PROBE_NONE for a function that was compiled. */
static void read_tree(struct reader *reader, uint32_t parent, uint32_t call_index, int depth)
{
    struct probes *probes = reader->probes;
    uint64_t guid = cursor_u64(&reader->cursor);
    uint32_t probe_count = read_unsigned(reader), child_count = read_unsigned(reader);
    const struct probe_function *function = probes_find_function(probes, guid);
    uint32_t scope = (uint32_t)probes->scope_count;

    if (depth > MAX_DEPTH)
        reader->cursor.is_damaged = true;
    if (parent == PROBE_NONE)
        place(reader, guid);
    *ARRAY_PUSH(probes->scopes, probes->scope_count, probes->scope_capacity) = (struct probe_scope){
        function ? (uint32_t)(function - probes->functions) : PROBE_NONE, parent, call_index};
    for (uint32_t i = 0; i < probe_count && !reader->cursor.is_damaged; i++)
        read_probe(reader, scope);
    for (uint32_t i = 0; i < child_count && !reader->cursor.is_damaged; i++) {
        uint32_t index = read_unsigned(reader);

        read_tree(reader, scope, index, depth + 1);
    }
}

/* An address that was read wrongly stands out: no code lies there. */
static void drop_outside(struct probes *probes, const struct image *image)
{
    size_t kept = 0;

    for (size_t i = 0; i < probes->count; i++)
        if (image_code(image, probes->items[i].vaddr, probes->items[i].vaddr + 1))
            probes->items[kept++] = probes->items[i];
    probes->count = kept;
    if (kept)
        qsort(probes->items, kept, sizeof(*probes->items), compare_probes);
}

struct probes *probes_read(const struct image *image, struct err *err)
{
    Elf *elf = image_elf(image);
    struct reader reader = {.probes = NULL};
    const uint8_t *descriptions, *trees;
    size_t descriptions_len, trees_len;

    if (!section_find(elf, ".pseudo_probe_desc", &descriptions, &descriptions_len) ||
        !section_find(elf, ".pseudo_probe", &trees, &trees_len)) {
        err_set(err, ERR_NOT_FOUND, "%s: no pseudo-probes", image_path(image));
        return NULL;
    }
    reader.probes = mem_alloc(sizeof(*reader.probes));
    reader.cursor = (struct cursor){.at = descriptions, .end = descriptions + descriptions_len};
    read_functions(&reader);
    read_starts(&reader, elf);
    reader.cursor.at = trees;
    reader.cursor.end = trees + trees_len;
    while (reader.cursor.at < reader.cursor.end && !reader.cursor.is_damaged)
        read_tree(&reader, PROBE_NONE, 0, 0);
    free(reader.starts);
    if (reader.cursor.is_damaged) {
        probes_free(reader.probes);
        err_set(err, ERR_FORMAT, "%s: pseudo-probes are damaged", image_path(image));
        err_hint(err, "build it again, or with pgo-build -probes=off");
        return NULL;
    }
    drop_outside(reader.probes, image);
    return reader.probes;
}

void probes_free(struct probes *probes)
{
    if (!probes)
        return;
    free(probes->functions);
    free(probes->scopes);
    free(probes->items);
    free(probes);
}
