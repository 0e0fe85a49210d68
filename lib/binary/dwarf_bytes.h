/*
 * dwarf_bytes.h - a section of DWARF, or a part of one, and where to read in it.
 *
 * Only for lib/binary. Borrowed from libelf.
 */
#ifndef BINARY_DWARF_BYTES_H
#define BINARY_DWARF_BYTES_H

#include <string.h>

#include "binary/cursor.h"

struct dwarf_bytes {
    const uint8_t *data;
    size_t len;
};

/* From `off` on; at the end if that is outside. */
static inline struct cursor dwarf_bytes_at(struct dwarf_bytes bytes, uint64_t off)
{
    struct cursor cursor = {.at = bytes.data, .end = bytes.data};

    if (bytes.len)
        cursor.end += bytes.len;
    cursor.at = off < bytes.len ? bytes.data + off : cursor.end;
    return cursor;
}

/* A text that ends before the cursor's end, which is behind it then; "" if it does not. */
static inline const char *dwarf_bytes_text(struct cursor *cursor)
{
    const uint8_t *start = cursor->at;
    const uint8_t *nul =
        start < cursor->end ? memchr(start, '\0', (size_t)(cursor->end - start)) : NULL;

    cursor_take(cursor, (uint64_t)((nul ? nul + 1 : cursor->end) - start));
    return nul ? (const char *)start : "";
}

#endif
