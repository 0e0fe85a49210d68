/*
 * Ranked search: the documents that fit a query best, by BM25.
 *
 * A query is words; documents need not have all of them, and have none that a '-' stands before.
 * Each thread has a struct search of its own.
 */
#ifndef SERVER_SEARCH_H
#define SERVER_SEARCH_H

#include "index.h"
#include "text.h"

enum {
    SEARCH_MAX_TERMS = 16, /* more are ignored */
    SEARCH_MAX_HITS = 50,
};

struct hit {
    uint32_t document;
    double score;
};

struct search {
    const struct index *index;
    double *scores;    /* of each document; 0 between searches */
    uint32_t *touched; /* documents that have a score */
    uint32_t touched_count;
    uint32_t terms[SEARCH_MAX_TERMS]; /* that are wanted */
    uint32_t term_count;
    uint32_t total; /* documents that fit */
    struct hit hits[SEARCH_MAX_HITS];
    uint32_t hit_count;
};

void search_init(struct search *search, const struct index *index);
void search_release(struct search *search);

/* Leaves terms, total and the best `limit` hits, the best first; equal ones by document. */
void search_run(struct search *search, const char *query, uint32_t limit);

/* Adds the part of a text that has most of the wanted terms, each between [ and ]. */
void search_add_snippet(const struct search *search, const char *text, struct text *out);

#endif
