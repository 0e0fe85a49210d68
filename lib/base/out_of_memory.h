/*
 * out_of_memory.h - what memory.h does when there is none left: ends the program with a message.
 *
 * It stands alone so that a library inside somebody else's program can be linked with another
 * definition, which gives up its own work and lets the program go on (collect/libpgocollect).
 */
#ifndef BASE_OUT_OF_MEMORY_H
#define BASE_OUT_OF_MEMORY_H

#include "base/compiler.h"

NORETURN void out_of_memory(void);

#endif
