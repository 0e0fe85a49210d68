#include "binary/symbols.h"

#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static void read_table(struct symbols *symbols, Elf *elf, Elf_Scn *section, const GElf_Shdr *header)
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
        name = elf_strptr(elf, header->sh_link, symbol.st_name);
        if (!name || __builtin_add_overflow(symbol.st_value, symbol.st_size, &end))
            continue;
        symbols_add(symbols,
                    &(struct image_symbol){.start_vaddr = symbol.st_value,
                                           .end_vaddr = end,
                                           .name = name,
                                           .is_local = GELF_ST_BIND(symbol.st_info) == STB_LOCAL});
    }
}

void symbols_read(struct symbols *symbols, void *elf, unsigned type)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;

    while ((section = elf_nextscn(elf, section)))
        if (gelf_getshdr(section, &header) && header.sh_type == type)
            read_table(symbols, elf, section, &header);
}

void symbols_add(struct symbols *symbols, const struct image_symbol *symbol)
{
    *ARRAY_PUSH(symbols->items, symbols->count, symbols->capacity) = *symbol;
}

static int compare(const void *left, const void *right)
{
    const struct image_symbol *a = left, *b = right;

    if (a->start_vaddr != b->start_vaddr)
        return a->start_vaddr < b->start_vaddr ? -1 : 1;
    if (a->end_vaddr != b->end_vaddr)
        return a->end_vaddr > b->end_vaddr ? -1 : 1; /* the longest alias stands */
    return strcmp(a->name, b->name);
}

/* The part of `symbol` from start to end, if there is any. */
static void add_part(struct symbols *parts, const struct image_symbol *symbol, uint64_t start_vaddr,
                     uint64_t end_vaddr)
{
    struct image_symbol part = *symbol;

    if (start_vaddr >= end_vaddr)
        return;
    part.is_tail = start_vaddr != symbol->start_vaddr;
    part.start_vaddr = start_vaddr;
    part.end_vaddr = end_vaddr;
    symbols_add(parts, &part);
}

/* Symbols that are open, innermost last; each one has given its parts up to `done_vaddr`. */
struct nest {
    const struct image_symbol **items;
    size_t count;
    uint64_t done_vaddr;
};

static void close_until(struct nest *nest, struct symbols *parts, uint64_t vaddr)
{
    while (nest->count && nest->items[nest->count - 1]->end_vaddr <= vaddr) {
        const struct image_symbol *last = nest->items[--nest->count];

        add_part(parts, last, nest->done_vaddr, last->end_vaddr);
        if (nest->done_vaddr < last->end_vaddr)
            nest->done_vaddr = last->end_vaddr;
    }
}

void symbols_order(struct symbols *symbols)
{
    struct symbols parts = {0};
    struct nest nest = {.items = mem_array(symbols->count, sizeof(*nest.items))};

    if (symbols->count)
        qsort(symbols->items, symbols->count, sizeof(*symbols->items), compare);
    for (size_t i = 0; i < symbols->count; i++) {
        const struct image_symbol *symbol = &symbols->items[i];

        if (i > 0 && symbol->start_vaddr == symbols->items[i - 1].start_vaddr)
            continue;
        close_until(&nest, &parts, symbol->start_vaddr);
        if (nest.count)
            add_part(&parts, nest.items[nest.count - 1], nest.done_vaddr, symbol->start_vaddr);
        while (nest.count && nest.items[nest.count - 1]->end_vaddr < symbol->end_vaddr)
            nest.count--;
        nest.done_vaddr = symbol->start_vaddr;
        nest.items[nest.count++] = symbol;
    }
    close_until(&nest, &parts, UINT64_MAX);
    free(nest.items);
    free(symbols->items);
    *symbols = parts;
}

const struct image_symbol *symbols_find(const struct symbols *symbols, uint64_t vaddr)
{
    size_t low = 0, high = symbols->count;

    while (low < high) { /* the first symbol that starts beyond vaddr */
        size_t middle = low + (high - low) / 2;

        if (symbols->items[middle].start_vaddr <= vaddr)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || symbols->items[low - 1].end_vaddr <= vaddr)
        return NULL;
    return &symbols->items[low - 1];
}

void symbols_release(struct symbols *symbols)
{
    free(symbols->items);
    *symbols = (struct symbols){0};
}
