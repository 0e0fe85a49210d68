#include "corpus.h"

#include "text.h"
#include "words.h"

#include <ctype.h>
#include <stdlib.h>

/* One sentence; some names in it begin with a capital letter, some words are quoted. */
static void add_sentence(struct text *text, struct chance *chance, uint32_t words)
{
    char word[WORD_SIZE];

    for (uint32_t i = 0; i < words; i++) {
        size_t length = word_random(chance, word);
        uint32_t kind = chance_below(chance, 64);

        if (i == 0 || kind < 4)
            word[0] = (char)toupper(word[0]);
        if (kind == 5)
            text_add(text, "\"", 1);
        text_add(text, word, length);
        if (kind == 5)
            text_add(text, "\"", 1);
        if (kind == 6 && i + 1 < words)
            text_add(text, ",", 1);
        if (i + 1 < words)
            text_add(text, " ", 1);
    }
}

static void make_document(struct document *document, struct chance *chance)
{
    struct text title = {0}, body = {0};
    uint32_t sentences = 4 + chance_below(chance, 12);

    add_sentence(&title, chance, 2 + chance_below(chance, 5));
    for (uint32_t i = 0; i < sentences; i++) {
        add_sentence(&body, chance, 6 + chance_below(chance, 14));
        text_add(&body, ". ", i + 1 < sentences ? 2 : 1);
    }
    document->title = title.data;
    document->text = body.data;
}

void corpus_make(struct corpus *corpus, uint32_t count, uint64_t seed)
{
    struct chance chance = {seed};

    corpus->documents = must(calloc(count, sizeof(*corpus->documents)));
    corpus->count = count;
    for (uint32_t i = 0; i < count; i++)
        make_document(&corpus->documents[i], &chance);
}

void corpus_release(struct corpus *corpus)
{
    for (uint32_t i = 0; i < corpus->count; i++) {
        free(corpus->documents[i].title);
        free(corpus->documents[i].text);
    }
    free(corpus->documents);
}
