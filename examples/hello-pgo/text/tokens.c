#include "text/tokens.h"

#include <stdlib.h>
#include <string.h>

struct word {
    const char *text; /* not terminated */
    size_t length;
};

struct reader {
    const char *next;
    struct token *out;
    struct word *names; /* index: the value of its TOKEN_NAME */
    int64_t name_count;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

static void add(struct reader *reader, int kind, int64_t value)
{
    *reader->out++ = (struct token){.kind = kind, .value = value};
}

static void read_number(struct reader *reader)
{
    int64_t number = 0;

    for (; is_digit(*reader->next); reader->next++) {
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, *reader->next - '0', &number))
            number = INT64_MAX;
    }
    add(reader, TOKEN_NUMBER, number);
}

static bool word_is(struct word word, const char *text)
{
    return strlen(text) == word.length && memcmp(word.text, text, word.length) == 0;
}

static int64_t find_name(struct reader *reader, struct word word)
{
    int64_t i;

    for (i = 0; i < reader->name_count; i++) {
        struct word name = reader->names[i];

        if (name.length == word.length && memcmp(name.text, word.text, word.length) == 0)
            return i;
    }
    reader->names[i] = word;
    reader->name_count++;
    return i;
}

static void read_word(struct reader *reader)
{
    static const char *const keywords[] = {"LET", "IF", "THEN", "GOTO", "PRINT", "STOP"};
    struct word word = {.text = reader->next};

    while (is_letter(*reader->next) || is_digit(*reader->next))
        reader->next++;
    word.length = (size_t)(reader->next - word.text);
    if (word_is(word, "REM")) {
        reader->next += strcspn(reader->next, "\n");
        return;
    }
    for (int i = 0; i < TOKEN_STOP - TOKEN_LET + 1; i++) {
        if (word_is(word, keywords[i])) {
            add(reader, TOKEN_LET + i, 0);
            return;
        }
    }
    add(reader, TOKEN_NAME, find_name(reader, word));
}

struct token *tokens_read(const char *text)
{
    /* Each token takes a character at least; the end takes one more. */
    size_t most = strlen(text) + 1;
    struct token *tokens = calloc(most, sizeof(*tokens));
    struct reader reader = {.next = text, .out = tokens};

    reader.names = calloc(most, sizeof(*reader.names));
    while (tokens && reader.names && *reader.next) {
        if (is_digit(*reader.next))
            read_number(&reader);
        else if (is_letter(*reader.next))
            read_word(&reader);
        else if (*reader.next == ' ' || *reader.next == '\t' || *reader.next == '\r')
            reader.next++;
        else
            add(&reader, (unsigned char)*reader.next++, 0);
    }
    if (!reader.names) {
        free(tokens);
        tokens = NULL;
    }
    free(reader.names);
    return tokens;
}

void tokens_free(struct token *tokens)
{
    free(tokens);
}
