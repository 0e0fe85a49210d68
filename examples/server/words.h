/*
 * The words of a language that nobody speaks, and chance.
 *
 * Word number 0 is the most frequent one. The same seed gives the same words on every machine.
 */
#ifndef SERVER_WORDS_H
#define SERVER_WORDS_H

#include <stddef.h>
#include <stdint.h>

enum {
    WORDS_COUNT = 30000,
    WORD_SIZE = 16, /* of the longest, with its end */
};

struct chance {
    uint64_t state; /* any number: the seed */
};

uint64_t chance_next(struct chance *chance);

/* From 0 up to, not including, limit. */
uint32_t chance_below(struct chance *chance, uint32_t limit);

/* Writes word `number`, or a random one as often as a language would; returns its length. */
size_t word_write(uint32_t number, char out[WORD_SIZE]);
size_t word_random(struct chance *chance, char out[WORD_SIZE]);

#endif
