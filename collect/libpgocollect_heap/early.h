/*
 * early.h - memory for dlsym(), which may allocate while malloc() is being looked up.
 *
 * Blocks lie in a static buffer, aligned to 16 bytes, and are never used again. One thread.
 */
#ifndef LIBPGOCOLLECT_HEAP_EARLY_H
#define LIBPGOCOLLECT_HEAP_EARLY_H

#include <stdbool.h>
#include <stddef.h>

/* Zeroed. NULL and ENOMEM: the buffer is full. */
void *early_allocate(size_t size);

bool early_is_block(const void *block);
size_t early_size(const void *block);

/* From here on blocks_may_hold() is true of them. */
void early_mark_pages(void);

#endif
