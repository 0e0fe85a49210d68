/*
 * elf_file.h - an ELF file as it lies in memory, and libelf's view of it.
 *
 * Only for image.c and elf_note.c. Life cycle: `struct elf_file file = {0};`, elf_file_open(),
 * elf_file_close().
 */
#ifndef BINARY_ELF_FILE_H
#define BINARY_ELF_FILE_H

#include <stddef.h>

#include "base/err.h"

struct elf_file {
    void *data; /* the whole file, mapped; NULL: not open */
    size_t len;
    void *elf; /* Elf * */
};

/* False: ERR_NOT_FOUND, ERR_IO, ERR_FORMAT (not ELF). */
MUST_CHECK bool elf_file_open(struct elf_file *file, const char *path, struct err *err);
void elf_file_close(struct elf_file *file);

/* See image_forget(). */
void elf_file_forget(const struct elf_file *file);

#endif
