/*
 * A program in a small BASIC:
 *
 *     number LET name [ "(" condition ")" ] "=" condition
 *     number IF condition THEN number
 *     number GOTO number
 *     number PRINT condition
 *     number REM any words
 *     number STOP
 *
 * A zeroed struct is no program; program_release() frees what program_load() made of it, also
 * when that failed. Both that can fail print what is wrong, with the line, to standard error.
 */
#ifndef HELLO_BASIC_PROGRAM_H
#define HELLO_BASIC_PROGRAM_H

#include "text/tokens.h"

#include <stdio.h>

struct line {
    int64_t number;
    const struct token *first; /* up to TOKEN_NEWLINE or TOKEN_END */
};

struct program {
    struct token *tokens;
    struct line *lines; /* by ascending number */
    size_t count;
};

bool program_load(struct program *program, const char *text);

/* PRINT writes to out; NULL throws it away. */
bool program_run(const struct program *program, FILE *out);

void program_release(struct program *program);

#endif
