/*
 * The documents: made of a seed, kept in memory, never changed.
 */
#ifndef SERVER_CORPUS_H
#define SERVER_CORPUS_H

#include <stddef.h>
#include <stdint.h>

struct document {
    char *title;
    char *text; /* sentences, about 120 words */
};

struct corpus {
    struct document *documents;
    uint32_t count;
};

/* Ends the program if there is no memory. */
void corpus_make(struct corpus *corpus, uint32_t count, uint64_t seed);
void corpus_release(struct corpus *corpus);

#endif
