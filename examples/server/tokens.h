/*
 * A text as terms: runs of letters and digits, in lower case, without common endings.
 *
 *     struct tokens tokens = {text, text + length};
 *     while (tokens_next(&tokens))
 *         ... tokens.term, tokens.length ...
 */
#ifndef SERVER_TOKENS_H
#define SERVER_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

enum { TERM_SIZE = 32 }; /* with its end; what is longer is cut */

struct tokens {
    const char *at;
    const char *end;
    const char *word; /* where the term stands in the text, up to `at` */
    size_t length;
    char term[TERM_SIZE];
};

bool tokens_next(struct tokens *tokens);

#endif
