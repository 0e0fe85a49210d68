/*
 * The inverted index: for each term the documents that have it, and how often.
 *
 * Built once, then read by any number of threads. The corpus is borrowed.
 */
#ifndef SERVER_INDEX_H
#define SERVER_INDEX_H

#include "corpus.h"

#include <stdbool.h>
#include <stdint.h>

struct index;

/* Postings of one term: ascending documents. Starts before the first. */
struct postings {
    const uint8_t *at;
    const uint8_t *end;
    uint32_t document;
    uint32_t count; /* of the term in the document */
};

struct index *index_new(const struct corpus *corpus);
void index_free(struct index *index);

const struct corpus *index_corpus(const struct index *index);

/* How many terms the document has, beside the average of all. */
double index_relative_length(const struct index *index, uint32_t document);

uint32_t index_term_count(const struct index *index);

/* Terms are numbers, in their alphabetical order; false: no document has it. */
bool index_find(const struct index *index, const char *term, size_t length, uint32_t *number);
const char *index_term(const struct index *index, uint32_t number);
uint32_t index_document_count(const struct index *index, uint32_t number);

/* The first term that does not come before the prefix. */
uint32_t index_lower_bound(const struct index *index, const char *prefix);

struct postings index_postings(const struct index *index, uint32_t number);
bool postings_next(struct postings *postings);

#endif
