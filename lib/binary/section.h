/*
 * section.h - a section of an ELF file by its name.
 *
 * Only for lib/binary. Source of the format: System V ABI, chapter 4.
 */
#ifndef BINARY_SECTION_H
#define BINARY_SECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The content of the first section of that name, unless it is empty or has none (SHT_NOBITS, as in
 * files of debug information). It belongs to `elf`, an Elf *. A compressed one stays so.
 */
bool section_find(void *elf, const char *name, const uint8_t **content, size_t *len);

#endif
