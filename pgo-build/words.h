/*
 * words.h - a command line with its response files (@FILE) read in their place.
 *
 * By GNU's rule, as clang and gcc have it: white space separates, '...' and "..." group, a
 * backslash takes the next character as it is. What is no file that can be read (and read again by
 * the compiler: no pipe) stays the word it is.
 * Nesting (8), size (64 MiB a file) and the number of words (2^20) are bounded; what is beyond is
 * left out. Items point into argv or into the arena.
 */
#ifndef PGO_BUILD_WORDS_H
#define PGO_BUILD_WORDS_H

#include <stddef.h>

#include "base/memory.h"

struct words {
    struct arena *arena; /* borrowed */
    const char **items;
    int *origins; /* the index in argv that each came from */
    size_t count, capacity, origin_capacity;
};

void words_read(struct words *words, struct arena *arena, int argc, char **argv);
void words_release(struct words *words);

#endif
