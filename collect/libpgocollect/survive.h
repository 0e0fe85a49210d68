/*
 * survive.h - the library's work, given up instead of the program when there is no memory.
 *
 * lib/base ends the program when it is out of memory (base/out_of_memory.h). Here it ends
 * survive_run() instead: whatever was allocated meanwhile is lost to the process, locks must have
 * been taken outside. All work that allocates through lib/base runs within, on any thread.
 */
#ifndef LIBPGOCOLLECT_SURVIVE_H
#define LIBPGOCOLLECT_SURVIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

/* False: out of memory, the work was left somewhere in the middle. May be nested. */
MUST_CHECK bool survive_run(void (*work)(void *), void *data);

uint64_t survive_count(void); /* how often that was so */

#endif
