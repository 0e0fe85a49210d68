/*
 * own_memory.h - reads this process's memory where it may not be mapped. Async-signal-safe, keeps
 * errno.
 *
 * By process_vm_readv() on ourselves, 0.3 us; where that is forbidden (seccomp), by
 * /proc/self/mem, opened each time: a descriptor that is kept would show a child its parent's.
 */
#ifndef LIBPGOCOLLECT_OWN_MEMORY_H
#define LIBPGOCOLLECT_OWN_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How much could be read from the start on: at least up to the first page that is missing, and no
 * more than 28 KB. */
size_t own_memory_read_some(uintptr_t ip, void *out, size_t len);

/* All of it or false. */
bool own_memory_read(uintptr_t ip, void *out, size_t len);

#endif
