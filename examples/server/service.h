/*
 * The service: what each path answers.
 *
 *     GET /search?q=QUERY&limit=N     the N best documents for the query, 1 to 50 (10)
 *     GET /suggest?prefix=TEXT        the most frequent terms that begin so
 *     GET /document?id=NUMBER         title and text
 *     GET /health                     that it runs, and over how many documents
 *
 * A struct service belongs to one thread; the index is borrowed and shared.
 */
#ifndef SERVER_SERVICE_H
#define SERVER_SERVICE_H

#include "http.h"
#include "search.h"

struct service {
    const struct index *index;
    struct search search;
    struct text json;
    struct text snippet;
};

void service_init(struct service *service, const struct index *index);
void service_release(struct service *service);

/* Adds the answer to a request that was parsed or refused, and counts it in the metrics. */
void service_answer(struct service *service, const struct http_request *request, struct text *out);

#endif
