/*
 * callers.h - the stack that called malloc().
 *
 * By libgcc's unwinder and the tables of the code, so without frame pointers too. It takes no lock
 * and allocates nothing on glibc 2.35 and later (_dl_find_object). Unlike the signal handler's walk
 * it starts at a call, where tables are always right, and need not be fast: it runs once in 512
 * KiB.
 */
#ifndef LIBPGOCOLLECT_HEAP_CALLERS_H
#define LIBPGOCOLLECT_HEAP_CALLERS_H

#include <stddef.h>
#include <stdint.h>

/* Once, before the first walk. */
void callers_open(void);

/*
 * The frames from the one on that continues at `return_ip`, up to `max` (1 or more): return
 * addresses minus one. At least that one.
 */
size_t callers_walk(uintptr_t return_ip, uintptr_t *ips, size_t max);

#endif
