/*
 * perf_cursor.h - a bounded position in the bytes of a perf record or header, of either byte order.
 *
 * Only for the perf_*.c of lib/profile. `struct perf_cursor cursor = {.next = ..., .left_bytes =
 * ...};` and no release. After a read beyond the end `failed` is set, and all reads give 0, NULL
 * or "": a reader takes all its fields and looks at `failed` once.
 */
#ifndef PROFILE_PERF_CURSOR_H
#define PROFILE_PERF_CURSOR_H

#include <byteswap.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct perf_cursor {
    const unsigned char *next;
    size_t left_bytes;
    bool is_swapped; /* the other byte order than this machine's */
    bool failed;
};

static inline const unsigned char *perf_cursor_take(struct perf_cursor *cursor, size_t len)
{
    const unsigned char *at = cursor->next;

    if (cursor->failed || len > cursor->left_bytes) {
        cursor->failed = true;
        return NULL;
    }
    cursor->next += len;
    cursor->left_bytes -= len;
    return at;
}

static inline uint64_t perf_cursor_read_u64(const unsigned char *at, bool is_swapped)
{
    uint64_t value;

    memcpy(&value, at, sizeof(value));
    return is_swapped ? bswap_64(value) : value;
}

static inline uint64_t perf_cursor_u64(struct perf_cursor *cursor)
{
    const unsigned char *at = perf_cursor_take(cursor, sizeof(uint64_t));

    return at ? perf_cursor_read_u64(at, cursor->is_swapped) : 0;
}

static inline uint32_t perf_cursor_u32(struct perf_cursor *cursor)
{
    const unsigned char *at = perf_cursor_take(cursor, sizeof(uint32_t));
    uint32_t value = 0;

    if (at)
        memcpy(&value, at, sizeof(value));
    return cursor->is_swapped ? bswap_32(value) : value;
}

static inline uint16_t perf_cursor_u16(struct perf_cursor *cursor)
{
    const unsigned char *at = perf_cursor_take(cursor, sizeof(uint16_t));
    uint16_t value = 0;

    if (at)
        memcpy(&value, at, sizeof(value));
    return cursor->is_swapped ? bswap_16(value) : value;
}

/* Up to its NUL, which lies within the bytes that are left; else there is none. */
static inline const char *perf_cursor_text(struct perf_cursor *cursor)
{
    const unsigned char *end = NULL;

    if (!cursor->failed && cursor->left_bytes)
        end = memchr(cursor->next, '\0', cursor->left_bytes);
    if (!end) {
        cursor->failed = true;
        return "";
    }
    return (const char *)perf_cursor_take(cursor, (size_t)(end - cursor->next) + 1);
}

/* struct perf_event_header: u32 type | u16 misc | u16 size, these 8 bytes included. */
struct perf_cursor_header {
    uint32_t type;
    uint16_t misc, size_bytes;
};

#define PERF_CURSOR_HEADER_BYTES 8

static inline struct perf_cursor_header perf_cursor_header(struct perf_cursor *cursor)
{
    struct perf_cursor_header header;

    header.type = perf_cursor_u32(cursor);
    header.misc = perf_cursor_u16(cursor);
    header.size_bytes = perf_cursor_u16(cursor);
    return header;
}

#endif
