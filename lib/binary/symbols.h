/*
 * symbols.h - the function symbols of an ELF file, in order of address.
 *
 * Only for image.c. Life cycle: `struct symbols symbols = {0};`, read or add, symbols_order(),
 * find, symbols_release(). Names are borrowed from the file. Addresses are `vaddr`.
 * Source of the format: System V ABI, chapter 4 (symbol table).
 */
#ifndef BINARY_SYMBOLS_H
#define BINARY_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

#include "binary/image.h"

struct symbols {
    struct image_symbol *items;
    size_t count, capacity;
};

/* Those of all tables of that type (SHT_SYMTAB or SHT_DYNSYM); `elf` is an Elf *. */
void symbols_read(struct symbols *symbols, void *elf, unsigned type);
void symbols_add(struct symbols *symbols, const struct image_symbol *symbol);

/*
 * Sorts. Of aliases one stays. A symbol within another one cuts it, and what is left behind it
 * comes as a part of its own; one that begins in another and ends behind it ends that.
 */
void symbols_order(struct symbols *symbols);

/* NULL: no symbol holds vaddr. */
const struct image_symbol *symbols_find(const struct symbols *symbols, uint64_t vaddr);

void symbols_release(struct symbols *symbols);

#endif
