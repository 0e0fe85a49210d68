/*
 * content.h - the name of a content: 128 bits of XXH3 in hexadecimal.
 *
 * Names files in the cache, so that a path stands for exactly one content. It is not a
 * cryptographic hash: it guards against change, not against an adversary.
 */
#ifndef BASE_CONTENT_H
#define BASE_CONTENT_H

#include <stddef.h>

struct content_name {
    char text[33];
};

struct content_name content_name(const void *data, size_t len);

#endif
