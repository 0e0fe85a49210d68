/*
 * Turns the text of a program into tokens, as the home computers did when a line was typed in.
 *
 * An array of plain data, independent of the text once it is read. tokens_free() frees it.
 */
#ifndef HELLO_TEXT_TOKENS_H
#define HELLO_TEXT_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A sign such as '+' is its own kind; so is a character that has no meaning in the language. */
enum {
    TOKEN_END = 0, /* of the program */
    TOKEN_NEWLINE = '\n',
    TOKEN_NUMBER = 256, /* value: the number */
    TOKEN_NAME,         /* value: which name, from 0 in the order of their appearance */
    TOKEN_LET,
    TOKEN_IF,
    TOKEN_THEN,
    TOKEN_GOTO,
    TOKEN_PRINT,
    TOKEN_STOP,
};

struct token {
    int kind;
    int64_t value;
};

/* NULL if out of memory. The last token is TOKEN_END. Too large a number becomes INT64_MAX. */
struct token *tokens_read(const char *text);
void tokens_free(struct token *tokens);

#endif
