#include "tokens.h"

#include <string.h>

/* 0: not part of a word. Bytes of UTF-8 are, as they are. */
static char fold(char byte)
{
    unsigned char value = (unsigned char)byte;

    if (value >= 'a' && value <= 'z')
        return byte;
    if (value >= 'A' && value <= 'Z')
        return (char)(byte + ('a' - 'A'));
    if ((value >= '0' && value <= '9') || value >= 0x80)
        return byte;
    return 0;
}

static bool ends_in(const struct tokens *tokens, const char *ending, size_t length)
{
    return tokens->length >= length + 3 &&
           memcmp(tokens->term + tokens->length - length, ending, length) == 0;
}

/* A small stemmer: searching, searched and searches are search. */
static void cut_ending(struct tokens *tokens)
{
    if (ends_in(tokens, "ing", 3))
        tokens->length -= 3;
    else if (ends_in(tokens, "ed", 2) || ends_in(tokens, "es", 2))
        tokens->length -= 2;
    else if (ends_in(tokens, "s", 1) && !ends_in(tokens, "ss", 2))
        tokens->length -= 1;
    tokens->term[tokens->length] = '\0';
}

bool tokens_next(struct tokens *tokens)
{
    char byte = 0;

    while (tokens->at < tokens->end && !(byte = fold(*tokens->at)))
        tokens->at++;
    if (tokens->at == tokens->end)
        return false;
    tokens->word = tokens->at;
    tokens->length = 0;
    do {
        if (tokens->length < TERM_SIZE - 1)
            tokens->term[tokens->length++] = byte;
        tokens->at++;
    } while (tokens->at < tokens->end && (byte = fold(*tokens->at)));
    cut_ending(tokens);
    return true;
}
