/*
 * own_memory.h - reads this process's memory where it may not be mapped. Async-signal-safe.
 */
#ifndef LIBPGOCOLLECT_OWN_MEMORY_H
#define LIBPGOCOLLECT_OWN_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All of it or false. Sets errno. */
bool own_memory_read(uintptr_t ip, void *out, size_t bytes);

#endif
