#include "words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/strbuf.h"

enum { MAX_DEPTH = 8, MAX_WORDS = 1 << 20 };
#define MAX_RESPONSE_BYTES ((size_t)64 * 1024 * 1024)

static void add_word(struct words *words, const char *word, int origin)
{
    size_t count = words->count;

    if (count >= MAX_WORDS)
        return;
    *ARRAY_PUSH(words->items, words->count, words->capacity) = word;
    *ARRAY_PUSH(words->origins, count, words->origin_capacity) = origin;
}

static void expand(struct words *words, const char *word, int origin, int depth);

/*
 * The words of a response file, by GNU's rule: white space separates, '...' and "..." group, a
 * backslash takes the next character as it is.
 */
static void expand_text(struct words *words, const char *text, int origin, int depth)
{
    struct strbuf word = {0};
    bool inside = false;
    char quote = '\0';

    for (; *text; text++) {
        if (*text == '\\' && text[1]) {
            strbuf_add_char(&word, *++text);
            inside = true;
        } else if (quote ? *text == quote : (*text == '\'' || *text == '"')) {
            quote = quote ? '\0' : *text;
            inside = true;
        } else if (!quote && strchr(" \t\n\r\f\v", *text)) {
            if (inside)
                expand(words, arena_strdup(words->arena, strbuf_text(&word)), origin, depth);
            strbuf_reset(&word);
            inside = false;
        } else {
            strbuf_add_char(&word, *text);
            inside = true;
        }
    }
    if (inside)
        expand(words, arena_strdup(words->arena, strbuf_text(&word)), origin, depth);
    strbuf_release(&word);
}

/* What can be read twice: a pipe's words are for the compiler. */
static bool is_file(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static void expand(struct words *words, const char *word, int origin, int depth)
{
    struct strbuf text = {0};
    struct err err = {0};

    if (word[0] == '@' && depth < MAX_DEPTH && is_file(word + 1) && strcmp(word + 1, "-") != 0 &&
        file_read(word + 1, MAX_RESPONSE_BYTES, &text, &err))
        expand_text(words, strbuf_text(&text), origin, depth + 1);
    else
        add_word(words, word, origin);
    strbuf_release(&text);
}

void words_read(struct words *words, struct arena *arena, int argc, char **argv)
{
    words->arena = arena;
    for (int i = 0; i < argc; i++)
        expand(words, argv[i], i, i == 0 ? MAX_DEPTH : 0);
}

void words_release(struct words *words)
{
    free(words->items);
    free(words->origins);
    *words = (struct words){0};
}
