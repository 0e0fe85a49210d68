/*
 * cursor.h - a bounded position in the bytes of a debug section.
 *
 * Only for lib/binary and readers of unwind tables. `struct cursor cursor = {.at = ..., .end =
 * ...};` and no release. After a read beyond the end `is_damaged` is set, the cursor is at its end,
 * and all reads give 0 or NULL: a reader takes all its fields and looks at `is_damaged` once.
 * Integers are little-endian. Source of the format: DWARF 5, section 7.6 (LEB128).
 */
#ifndef BINARY_CURSOR_H
#define BINARY_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cursor {
    const uint8_t *at, *end; /* [at, end) is left */
    bool is_damaged;
};

static inline const uint8_t *cursor_take(struct cursor *cursor, uint64_t len)
{
    const uint8_t *taken = cursor->at;

    if (len > (uint64_t)(cursor->end - cursor->at)) {
        cursor->at = cursor->end;
        cursor->is_damaged = true;
        return NULL;
    }
    cursor->at += len;
    return taken;
}

/* An unsigned integer of 1 to 8 bytes. */
static inline uint64_t cursor_fixed(struct cursor *cursor, unsigned size_bytes)
{
    const uint8_t *bytes = cursor_take(cursor, size_bytes);
    uint64_t value = 0;

    while (bytes && size_bytes--)
        value = value << 8 | bytes[size_bytes];
    return value;
}

static inline uint8_t cursor_u8(struct cursor *cursor)
{
    return (uint8_t)cursor_fixed(cursor, 1);
}

static inline uint16_t cursor_u16(struct cursor *cursor)
{
    return (uint16_t)cursor_fixed(cursor, 2);
}

static inline uint32_t cursor_u32(struct cursor *cursor)
{
    return (uint32_t)cursor_fixed(cursor, 4);
}

static inline uint64_t cursor_u64(struct cursor *cursor)
{
    return cursor_fixed(cursor, 8);
}

/* Both LEB128s: 7 bits a byte, bit 7 says that more follow; *bits is how many count, up to 70. */
static inline uint64_t cursor_leb(struct cursor *cursor, unsigned *bits)
{
    uint64_t value = 0;
    uint8_t byte;

    *bits = 0;
    do {
        byte = cursor_u8(cursor);
        if (*bits < 64) {
            value |= (uint64_t)(byte & 0x7f) << *bits;
            *bits += 7;
        }
    } while (byte & 0x80);
    return value;
}

static inline uint64_t cursor_uleb(struct cursor *cursor)
{
    unsigned bits;

    return cursor_leb(cursor, &bits);
}

/* As two's complement: to be added. */
static inline uint64_t cursor_sleb(struct cursor *cursor)
{
    unsigned bits;
    uint64_t value = cursor_leb(cursor, &bits);

    if (bits < 64 && value >> (bits - 1) & 1)
        value |= UINT64_MAX << bits;
    return value;
}

#endif
