/*
 * wire.h - protobuf's wire format, read where it lies: the fields of a message, one after another.
 *
 * Only for pprof_read.c. `struct wire message = {.at = data, .end = data + len};` and no release:
 * nothing is copied. wire_next() until it returns false, then look at `is_damaged`: a field that
 * does not fit in the bytes, a number of more than 64 bits, a group.
 *
 * Source: protobuf.dev, "Encoding". A field is its key, and then by the key's low three bits:
 *
 *     0   number   a varint: 7 bits a byte, the low ones first; the top bit says that more follow
 *     1            8 bytes                   (skipped: pprof has none)
 *     2   bytes    a length, as many bytes: a text, a message, or numbers without keys ("packed")
 *     3 4          a group: refused, nobody writes it any more
 *     5            4 bytes                   (skipped)
 */
#ifndef PROFILE_WIRE_H
#define PROFILE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wire {
    const unsigned char *at, *end;
    bool is_damaged;
};

#define WIRE_NUMBER(field) ((uint64_t)(field) << 3)
#define WIRE_BYTES(field)  ((uint64_t)(field) << 3 | 2)

struct wire_field {
    uint64_t key;      /* WIRE_NUMBER(n) or WIRE_BYTES(n), for switch; others are to be ignored */
    uint64_t number;   /* of a number */
    struct wire bytes; /* of bytes */
};

/* One varint. Inline: a profile is mostly these, ten for each field. */
static inline bool wire_varint(struct wire *wire, uint64_t *number)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 64 && wire->at < wire->end; shift += 7) {
        unsigned char byte = *wire->at++;

        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *number = value;
            return true;
        }
    }
    wire->is_damaged = true;
    return false;
}

/* The next of packed numbers; false behind the last, or if it is damaged. */
static inline bool wire_packed(struct wire *wire, uint64_t *number)
{
    return wire->at < wire->end && wire_varint(wire, number);
}

/* The next field; false behind the last, or if it is damaged. */
bool wire_next(struct wire *message, struct wire_field *field);

#endif
