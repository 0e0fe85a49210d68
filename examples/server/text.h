/*
 * Bytes that grow, with a NUL behind them. Starts as {0}; no memory ends the program.
 */
#ifndef SERVER_TEXT_H
#define SERVER_TEXT_H

#include <stddef.h>

struct text {
    char *data; /* NULL as long as nothing was added */
    size_t length;
    size_t size;
};

void text_add(struct text *text, const void *data, size_t length);
void text_add_format(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void text_clear(struct text *text); /* keeps the memory */
void text_release(struct text *text);

/* What malloc and its like have returned, or the end of the program. */
void *must(void *memory);

#endif
