#include "index.h"

#include "text.h"
#include "tokens.h"

#include <stdlib.h>
#include <string.h>

/*
 * A term's postings are bytes: for each document the distance from the last one and the count, as
 * base-128 numbers, low digits first. While building the last posting is kept open, since the
 * document may have the term again.
 */
struct term {
    char name[TERM_SIZE];
    uint32_t length;
    uint32_t hash;
    uint32_t documents;
    uint32_t open_document;
    uint32_t open_count;
    uint32_t last_document;
    struct text postings;
};

struct index {
    const struct corpus *corpus;
    uint32_t *lengths; /* of each document, in terms */
    double mean_length;
    struct term *terms;
    uint32_t term_count;
    uint32_t term_room;
    uint32_t *table; /* open addressing; term + 1, 0: free */
    uint32_t table_size;
};

static uint32_t hash_of(const char *name, size_t length)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)name[i]) * 16777619u;
    return hash;
}

/* Where the term is, or the free place where it belongs. */
static uint32_t *find_place(const struct index *index, const char *name, size_t length,
                            uint32_t hash)
{
    uint32_t mask = index->table_size - 1;
    uint32_t at = hash & mask;

    for (; index->table[at]; at = (at + 1) & mask) {
        const struct term *term = &index->terms[index->table[at] - 1];

        if (term->hash == hash && term->length == length && !memcmp(term->name, name, length))
            break;
    }
    return &index->table[at];
}

/* The table anew, twice as large as its terms need. */
static void fill_table(struct index *index)
{
    free(index->table);
    index->table_size = 1024;
    while (index->table_size < 2 * index->term_room)
        index->table_size *= 2;
    index->table = must(calloc(index->table_size, sizeof(*index->table)));
    for (uint32_t i = 0; i < index->term_count; i++) {
        const struct term *term = &index->terms[i];

        *find_place(index, term->name, term->length, term->hash) = i + 1;
    }
}

static struct term *add_term(struct index *index, const struct tokens *tokens, uint32_t hash)
{
    struct term *term;

    if (index->term_count == index->term_room) {
        index->term_room = index->term_room ? 2 * index->term_room : 512;
        index->terms = must(realloc(index->terms, index->term_room * sizeof(*index->terms)));
        fill_table(index);
    }
    term = &index->terms[index->term_count++];
    *term = (struct term){.length = (uint32_t)tokens->length, .hash = hash};
    memcpy(term->name, tokens->term, tokens->length);
    *find_place(index, term->name, term->length, hash) = index->term_count;
    return term;
}

static void add_number(struct text *bytes, uint32_t number)
{
    uint8_t byte;

    for (; number >= 128; number >>= 7) {
        byte = (uint8_t)(number | 128);
        text_add(bytes, &byte, 1);
    }
    byte = (uint8_t)number;
    text_add(bytes, &byte, 1);
}

static void close_posting(struct term *term)
{
    if (!term->open_count)
        return;
    add_number(&term->postings, term->open_document - term->last_document);
    add_number(&term->postings, term->open_count);
    term->last_document = term->open_document;
    term->open_count = 0;
    term->documents++;
}

static void add_text(struct index *index, uint32_t document, const char *text)
{
    struct tokens tokens = {text, text + strlen(text), NULL, 0, ""};

    while (tokens_next(&tokens)) {
        uint32_t hash = hash_of(tokens.term, tokens.length);
        uint32_t place =
            index->table_size ? *find_place(index, tokens.term, tokens.length, hash) : 0;
        struct term *term = place ? &index->terms[place - 1] : add_term(index, &tokens, hash);

        if (term->open_document != document)
            close_posting(term);
        term->open_document = document;
        term->open_count++;
        index->lengths[document]++;
    }
}

static int by_name(const void *left, const void *right)
{
    return strcmp(((const struct term *)left)->name, ((const struct term *)right)->name);
}

struct index *index_new(const struct corpus *corpus)
{
    struct index *index = must(calloc(1, sizeof(*index)));
    double sum = 0;

    index->corpus = corpus;
    index->lengths = must(calloc(corpus->count, sizeof(*index->lengths)));
    for (uint32_t i = 0; i < corpus->count; i++) {
        add_text(index, i, corpus->documents[i].title);
        add_text(index, i, corpus->documents[i].text);
        sum += index->lengths[i];
    }
    index->mean_length = sum / corpus->count;
    for (uint32_t i = 0; i < index->term_count; i++)
        close_posting(&index->terms[i]);
    qsort(index->terms, index->term_count, sizeof(*index->terms), by_name);
    fill_table(index);
    return index;
}

void index_free(struct index *index)
{
    for (uint32_t i = 0; i < index->term_count; i++)
        text_release(&index->terms[i].postings);
    free(index->terms);
    free(index->table);
    free(index->lengths);
    free(index);
}

const struct corpus *index_corpus(const struct index *index)
{
    return index->corpus;
}

double index_relative_length(const struct index *index, uint32_t document)
{
    return index->lengths[document] / index->mean_length;
}

uint32_t index_term_count(const struct index *index)
{
    return index->term_count;
}

bool index_find(const struct index *index, const char *term, size_t length, uint32_t *number)
{
    uint32_t place = *find_place(index, term, length, hash_of(term, length));

    *number = place - 1;
    return place != 0;
}

const char *index_term(const struct index *index, uint32_t number)
{
    return index->terms[number].name;
}

uint32_t index_document_count(const struct index *index, uint32_t number)
{
    return index->terms[number].documents;
}

uint32_t index_lower_bound(const struct index *index, const char *prefix)
{
    uint32_t low = 0, high = index->term_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (strcmp(index->terms[middle].name, prefix) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct postings index_postings(const struct index *index, uint32_t number)
{
    const struct text *bytes = &index->terms[number].postings;
    const uint8_t *start = (const uint8_t *)bytes->data;

    return (struct postings){start, start + bytes->length, 0, 0};
}

static uint32_t take_number(const uint8_t **at)
{
    uint32_t number = 0;

    for (unsigned shift = 0;; shift += 7) {
        uint8_t byte = *(*at)++;

        number |= (uint32_t)(byte & 127) << shift;
        if (byte < 128)
            return number;
    }
}

bool postings_next(struct postings *postings)
{
    if (postings->at == postings->end)
        return false;
    postings->document += take_number(&postings->at);
    postings->count = take_number(&postings->at);
    return true;
}
