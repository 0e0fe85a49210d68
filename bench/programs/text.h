/*
 * text: input that a workload makes for itself: growing text, and dice that fall the same way on
 * every machine.
 *
 * Life cycle: a zeroed struct text is empty; text_clear() empties it and keeps the memory,
 * text_release() frees it. `bytes` always ends in a NUL that `length` does not count. What cannot
 * be had (memory) ends the program: a workload has nobody to tell.
 */
#ifndef BENCH_PROGRAMS_TEXT_H
#define BENCH_PROGRAMS_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct text {
    char *bytes;
    size_t length;
    size_t room;
};

struct dice {
    uint64_t state; /* the seed, at first */
};

void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_clear(struct text *text);
void text_release(struct text *text);

/* 0 to limit - 1; limit is positive. */
int dice_roll(struct dice *dice, int limit);
const char *dice_word(struct dice *dice);

/* FNV-1a, to go on with `sum`: one number stands for everything that a workload has read. */
uint64_t text_checksum(uint64_t sum, const char *bytes, size_t length);

#endif
