#include "service.h"

#include "json.h"
#include "metrics.h"

#include <pgo_collect.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_HITS = 10, MAX_SUGGESTIONS = 8 };

void service_init(struct service *service, const struct index *index)
{
    *service = (struct service){.index = index};
    search_init(&service->search, index);
}

void service_release(struct service *service)
{
    search_release(&service->search);
    text_release(&service->json);
    text_release(&service->snippet);
}

static int refuse(struct text *json, int status, const char *message)
{
    json_string(json, "error", message);
    return status;
}

/* A number of decimal digits alone. */
static bool read_number(const char *text, unsigned long max, unsigned long *number)
{
    char *end;

    errno = 0;
    *number = strtoul(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end && !errno && *number <= max;
}

static void add_hit(struct service *service, const struct hit *hit)
{
    const struct document *document = &index_corpus(service->index)->documents[hit->document];

    text_clear(&service->snippet);
    search_add_snippet(&service->search, document->text, &service->snippet);
    json_open(&service->json, NULL, '{');
    json_integer(&service->json, "id", hit->document);
    json_number(&service->json, "score", hit->score);
    json_string(&service->json, "title", document->title);
    json_string(&service->json, "snippet", service->snippet.data);
    json_close(&service->json, '}');
}

static int answer_search(struct service *service, const struct http_request *request)
{
    const char *query = http_parameter(request, "q");
    const char *limit_text = http_parameter(request, "limit");
    unsigned long limit = DEFAULT_HITS;

    if (!query)
        return refuse(&service->json, 400, "expected /search?q=WORDS");
    if (limit_text && (!read_number(limit_text, SEARCH_MAX_HITS, &limit) || !limit))
        return refuse(&service->json, 400, "limit: expected a number from 1 to 50");
    search_run(&service->search, query, (uint32_t)limit);
    json_integer(&service->json, "total", service->search.total);
    json_open(&service->json, "hits", '[');
    for (uint32_t i = 0; i < service->search.hit_count; i++)
        add_hit(service, &service->search.hits[i]);
    json_close(&service->json, ']');
    return 200;
}

/* Puts a term in its place among the best so far, the most frequent first. */
static void offer_term(const struct index *index, uint32_t *best, uint32_t *count, uint32_t term)
{
    uint32_t frequency = index_document_count(index, term);
    uint32_t at = *count;

    for (; at > 0 && index_document_count(index, best[at - 1]) < frequency; at--) {
        if (at < MAX_SUGGESTIONS)
            best[at] = best[at - 1];
    }
    if (at < MAX_SUGGESTIONS) {
        best[at] = term;
        *count += *count < MAX_SUGGESTIONS;
    }
}

static int answer_suggest(struct service *service, const struct http_request *request)
{
    const char *prefix = http_parameter(request, "prefix");
    uint32_t best[MAX_SUGGESTIONS], count = 0, term;

    if (!prefix || !*prefix)
        return refuse(&service->json, 400, "expected /suggest?prefix=TEXT");
    term = index_lower_bound(service->index, prefix);
    for (; term < index_term_count(service->index) &&
           strncmp(index_term(service->index, term), prefix, strlen(prefix)) == 0;
         term++)
        offer_term(service->index, best, &count, term);
    json_open(&service->json, "terms", '[');
    for (uint32_t i = 0; i < count; i++)
        json_string(&service->json, NULL, index_term(service->index, best[i]));
    json_close(&service->json, ']');
    return 200;
}

static int answer_document(struct service *service, const struct http_request *request)
{
    const struct corpus *corpus = index_corpus(service->index);
    const char *id_text = http_parameter(request, "id");
    unsigned long id;

    if (!id_text || !read_number(id_text, UINT32_MAX, &id))
        return refuse(&service->json, 400, "expected /document?id=NUMBER");
    if (id >= corpus->count)
        return refuse(&service->json, 404, "there is no such document");
    json_integer(&service->json, "id", id);
    json_string(&service->json, "title", corpus->documents[id].title);
    json_string(&service->json, "text", corpus->documents[id].text);
    return 200;
}

static int answer_health(struct service *service, const struct http_request *request)
{
    (void)request;
    json_string(&service->json, "status", "ok");
    json_integer(&service->json, "documents", index_corpus(service->index)->count);
    return 200;
}

static int answer_other(struct service *service, const struct http_request *request)
{
    if (request->status != 200)
        return refuse(&service->json, request->status, http_reason(request->status));
    return refuse(&service->json, 404, "expected /search, /suggest, /document or /health");
}

static int (*const answers[])(struct service *, const struct http_request *) = {
    [ENDPOINT_SEARCH] = answer_search,     [ENDPOINT_SUGGEST] = answer_suggest,
    [ENDPOINT_DOCUMENT] = answer_document, [ENDPOINT_HEALTH] = answer_health,
    [ENDPOINT_OTHER] = answer_other,
};

static enum endpoint find_endpoint(const struct http_request *request)
{
    enum endpoint endpoint = 0;

    if (request->status != 200)
        return ENDPOINT_OTHER;
    while (endpoint < ENDPOINT_OTHER && strcmp(request->path, metrics_endpoint(endpoint)) != 0)
        endpoint++;
    return endpoint;
}

void service_answer(struct service *service, const struct http_request *request, struct text *out)
{
    enum endpoint endpoint = find_endpoint(request);
    double start = metrics_now();
    int status;

    /* The samples of this thread carry the label from here on. */
    pgo_collect_label_set("endpoint", metrics_endpoint(endpoint));
    text_clear(&service->json);
    json_open(&service->json, NULL, '{');
    status = answers[endpoint](service, request);
    json_close(&service->json, '}');
    text_add(&service->json, "\n", 1);
    http_answer(out, request, status, &service->json);
    pgo_collect_label_clear("endpoint");
    metrics_count(endpoint, status, metrics_now() - start);
}
