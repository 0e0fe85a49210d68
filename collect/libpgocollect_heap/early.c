#include "early.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "blocks.h"

#define EARLY_BYTES 16384
#define ALIGNMENT   16

/* In front of each block: its size. */
static _Alignas(1 << BLOCKS_PAGE_BITS) unsigned char early_bytes[EARLY_BYTES];
static size_t early_used;

void *early_allocate(size_t size)
{
    unsigned char *header = early_bytes + early_used;

    if (size > EARLY_BYTES || early_used + 2 * ALIGNMENT + size > EARLY_BYTES) {
        errno = ENOMEM;
        return NULL;
    }
    early_used += ALIGNMENT + (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    memcpy(header, &size, sizeof(size));
    return header + ALIGNMENT;
}

bool early_is_block(const void *block)
{
    uintptr_t at = (uintptr_t)block, start = (uintptr_t)early_bytes;

    return at >= start && at < start + EARLY_BYTES;
}

size_t early_size(const void *block)
{
    size_t size;

    memcpy(&size, (const unsigned char *)block - ALIGNMENT, sizeof(size));
    return size;
}

void early_mark_pages(void)
{
    for (size_t at = 0; at < EARLY_BYTES; at += 1 << BLOCKS_PAGE_BITS)
        atomic_fetch_add(blocks_page(early_bytes + at), 1);
}
