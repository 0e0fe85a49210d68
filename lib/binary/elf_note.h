/*
 * elf_note.h - the notes of one owner and type in an ELF file, of any class and byte order.
 *
 * They are looked for where a loaded program has them, in its PT_NOTE segments, and in an object
 * file, which has no segments, in its sections.
 * Source of the format: System V gABI, chapter 5, "Note Section".
 */
#ifndef BINARY_ELF_NOTE_H
#define BINARY_ELF_NOTE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/memory.h"

/* What the notes hold, as text up to its first NUL, in the order of the file. */
struct elf_notes {
    struct arena arena;
    char **texts;
    size_t count, capacity;
};

/* Appends; none at all is no failure. ERR_NOT_FOUND, ERR_IO, ERR_FORMAT (not ELF). */
MUST_CHECK bool elf_notes_read(struct elf_notes *notes, const char *path, const char *owner,
                               uint32_t type, struct err *err);
void elf_notes_release(struct elf_notes *notes);

#endif
