#include "search.h"

#include "tokens.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SNIPPET_WORDS = 24, MAX_TEXT_WORDS = 1024 };

static const double saturation = 1.2, length_weight = 0.75; /* BM25's k1 and b */

void search_init(struct search *search, const struct index *index)
{
    uint32_t count = index_corpus(index)->count;

    *search = (struct search){.index = index};
    search->scores = must(calloc(count, sizeof(*search->scores)));
    search->touched = must(calloc(count, sizeof(*search->touched)));
}

void search_release(struct search *search)
{
    free(search->scores);
    free(search->touched);
}

static void score_term(struct search *search, uint32_t term)
{
    struct postings postings = index_postings(search->index, term);
    double all = index_corpus(search->index)->count;
    double having = index_document_count(search->index, term);
    double weight = log(1 + (all - having + 0.5) / (having + 0.5));

    while (postings_next(&postings)) {
        double length = index_relative_length(search->index, postings.document);
        double count = postings.count;
        double *score = &search->scores[postings.document];

        if (*score == 0)
            search->touched[search->touched_count++] = postings.document;
        *score += weight * count * (saturation + 1) /
                  (count + saturation * (1 - length_weight + length_weight * length));
    }
}

/* A score below 0 stays below, whatever else the document has: see score_query(). */
static void exclude_term(struct search *search, uint32_t term)
{
    struct postings postings = index_postings(search->index, term);

    while (postings_next(&postings)) {
        if (search->scores[postings.document] == 0)
            search->touched[search->touched_count++] = postings.document;
        search->scores[postings.document] = -1;
    }
}

static bool is_wanted(const struct search *search, uint32_t term)
{
    for (uint32_t i = 0; i < search->term_count; i++) {
        if (search->terms[i] == term)
            return true;
    }
    return false;
}

/* What is excluded comes last. */
static void score_query(struct search *search, const char *query)
{
    struct tokens tokens = {query, query + strlen(query), NULL, 0, ""};
    uint32_t excluded[SEARCH_MAX_TERMS], excluded_count = 0, term;

    while (tokens_next(&tokens)) {
        if (!index_find(search->index, tokens.term, tokens.length, &term))
            continue;
        if (tokens.word > query && tokens.word[-1] == '-') {
            if (excluded_count < SEARCH_MAX_TERMS)
                excluded[excluded_count++] = term;
        } else if (search->term_count < SEARCH_MAX_TERMS && !is_wanted(search, term)) {
            search->terms[search->term_count++] = term;
            score_term(search, term);
        }
    }
    for (uint32_t i = 0; i < excluded_count; i++)
        exclude_term(search, excluded[i]);
}

static bool is_worse(const struct hit *hit, const struct hit *other)
{
    if (hit->score != other->score)
        return hit->score < other->score;
    return hit->document > other->document;
}

/* The heap's root is its worst hit. */
static void sink_root(struct hit *heap, uint32_t count)
{
    struct hit moved = heap[0];
    uint32_t at = 0;

    for (uint32_t child = 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && is_worse(&heap[child + 1], &heap[child]))
            child++;
        if (!is_worse(&heap[child], &moved))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moved;
}

static void raise_last(struct hit *heap, uint32_t count)
{
    struct hit moved = heap[count - 1];
    uint32_t at = count - 1;

    for (; at > 0 && is_worse(&moved, &heap[(at - 1) / 2]); at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = moved;
}

static void offer(struct search *search, struct hit hit, uint32_t limit)
{
    if (search->hit_count < limit) {
        search->hits[search->hit_count++] = hit;
        raise_last(search->hits, search->hit_count);
    } else if (limit && is_worse(&search->hits[0], &hit)) {
        search->hits[0] = hit;
        sink_root(search->hits, search->hit_count);
    }
}

/* The worst goes to the end, as long as there are two. */
static void sort_hits(struct search *search)
{
    for (uint32_t count = search->hit_count; count > 1; count--) {
        struct hit worst = search->hits[0];

        search->hits[0] = search->hits[count - 1];
        search->hits[count - 1] = worst;
        sink_root(search->hits, count - 1);
    }
}

void search_run(struct search *search, const char *query, uint32_t limit)
{
    search->touched_count = search->term_count = search->total = search->hit_count = 0;
    if (limit > SEARCH_MAX_HITS)
        limit = SEARCH_MAX_HITS;
    score_query(search, query);
    for (uint32_t i = 0; i < search->touched_count; i++) {
        struct hit hit = {search->touched[i], search->scores[search->touched[i]]};

        search->scores[hit.document] = 0;
        if (hit.score < 0)
            continue;
        search->total++;
        offer(search, hit, limit);
    }
    sort_hits(search);
}

struct place {
    const char *start;
    const char *end;
    bool is_match;
};

/* By name: to look up every word of a text in the index would cost more than the search. */
static bool is_match(const struct search *search, const struct tokens *tokens)
{
    for (uint32_t i = 0; i < search->term_count; i++) {
        const char *name = index_term(search->index, search->terms[i]);

        if (name[0] == tokens->term[0] && strcmp(name, tokens->term) == 0)
            return true;
    }
    return false;
}

static uint32_t find_matches(const struct search *search, const char *text, struct place *places)
{
    struct tokens tokens = {text, text + strlen(text), NULL, 0, ""};
    uint32_t count = 0;

    while (count < MAX_TEXT_WORDS && tokens_next(&tokens)) {
        places[count] = (struct place){tokens.word, tokens.at, is_match(search, &tokens)};
        count++;
    }
    return count;
}

/* The first of the SNIPPET_WORDS words that have the most matches. */
static uint32_t find_best_window(const struct place *places, uint32_t count)
{
    uint32_t best = 0, most = 0, matches = 0;

    for (uint32_t i = 0; i < count; i++) {
        matches += places[i].is_match;
        if (i >= SNIPPET_WORDS)
            matches -= places[i - SNIPPET_WORDS].is_match;
        if (matches > most) {
            most = matches;
            best = i < SNIPPET_WORDS ? 0 : i - SNIPPET_WORDS + 1;
        }
    }
    return best;
}

void search_add_snippet(const struct search *search, const char *text, struct text *out)
{
    struct place places[MAX_TEXT_WORDS];
    uint32_t count = find_matches(search, text, places);
    uint32_t first = find_best_window(places, count);
    uint32_t end = first + SNIPPET_WORDS < count ? first + SNIPPET_WORDS : count;

    for (uint32_t i = first; i < end; i++) {
        const struct place *place = &places[i];

        if (i > first)
            text_add(out, places[i - 1].end, (size_t)(place->start - places[i - 1].end));
        if (place->is_match)
            text_add(out, "[", 1);
        text_add(out, place->start, (size_t)(place->end - place->start));
        if (place->is_match)
            text_add(out, "]", 1);
    }
}
