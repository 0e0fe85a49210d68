/*
 * note.h - the notes of a PT_NOTE segment in memory, one after the other.
 *
 *     struct notes rest = {bytes, len};
 *     while (note_next(&rest, &note)) ...
 *
 * Everything in a note is borrowed from the bytes, and lies within them.
 * Source of the format: System V gABI, chapter 5, "Note Section".
 */
#ifndef LIBPGOCOLLECT_NOTE_H
#define LIBPGOCOLLECT_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct notes {
    const unsigned char *bytes;
    size_t len;
};

struct note {
    uint32_t type;
    const unsigned char *name, *data;
    size_t name_bytes, data_bytes; /* the name with its NUL */
};

/* False: no more, or the rest is no note. */
bool note_next(struct notes *rest, struct note *note);

bool note_is(const struct note *note, const char *owner, uint32_t type);

#endif
