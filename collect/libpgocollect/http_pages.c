#include "http_pages.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"
#include "http_index.h"
#include "metrics.h"
#include "metrics_process.h"

#define PROFILE_SECONDS   30 /* as net/http/pprof */
#define CMDLINE_MAX_BYTES ((size_t)1 << 20)
#define INDEX_PATH        "/debug/pprof/"

/* The name of the file that runs: argv[0] may be anything, arguments as well. */
static const char *program_name(char *path, size_t size)
{
    ssize_t len = readlink("/proc/self/exe", path, size - 1);

    if (len <= 0)
        return "program";
    path[len] = '\0';
    return path_base(path);
}

static void answer_index(const struct http_service *service, const struct http_request *request,
                         struct http_response *response)
{
    char path[4096];

    (void)service;
    response->type = "text/html; charset=utf-8";
    http_response_header(response, "Content-Security-Policy: default-src 'none'; "
                                   "style-src 'unsafe-inline'; form-action 'self'");
    http_index_write(program_name(path, sizeof(path)), request->host, &response->body);
}

/*
 * go tool pprof asks here, by POST, for the names that it did not find in the binaries, and gives
 * the whole profile up if there is no such page. There are no names in here either.
 */
static void answer_symbol(const struct http_service *service, const struct http_request *request,
                          struct http_response *response)
{
    (void)service;
    (void)request;
    http_response_say(response, 200, "num_symbols: 0");
}

static void answer_redirect(const struct http_service *service, const struct http_request *request,
                            struct http_response *response)
{
    (void)service;
    (void)request;
    http_response_say(response, 302, "see %s", INDEX_PATH);
    http_response_header(response, "Location: %s", INDEX_PATH);
}

/* With a NUL between the arguments, as net/http/pprof has it. */
static void answer_cmdline(const struct http_service *service, const struct http_request *request,
                           struct http_response *response)
{
    char path[4096];
    struct err err = {0};

    (void)request;
    response->type = "text/plain; charset=utf-8";
    if (!service->command_line) {
        strbuf_add_text(&response->body, program_name(path, sizeof(path)));
        return;
    }
    if (!file_read("/proc/self/cmdline", CMDLINE_MAX_BYTES, &response->body, &err)) {
        http_response_say(response, 500, "%s", err.message);
        return;
    }
    while (response->body.len && response->body.data[response->body.len - 1] == '\0')
        response->body.len--;
}

static void answer_metrics(const struct http_service *service, const struct http_request *request,
                           struct http_response *response)
{
    struct metrics_text text = {.out = &response->body,
                                .format = http_accepts_openmetrics(request->accept)
                                              ? METRICS_OPENMETRICS
                                              : METRICS_PROMETHEUS};

    response->type = metrics_content_type(text.format);
    metrics_write_process(&text);
    metrics_write_build(&text);
    if (service->metrics)
        service->metrics(service->context, &text);
    metrics_write_registered(&text);
    metrics_text_end(&text);
}

/* Of now. What Go's pages have beside it (gc, debug, seconds) makes another profile of it. */
static void answer_heap(const struct http_service *service, const struct http_request *request,
                        struct http_response *response)
{
    struct strbuf pprof = {0};
    struct err err = {0};

    if (request->query.len) {
        http_response_say(response, 400, "heap takes no parameters: it is what is allocated now");
        return;
    }
    if (!service->heap || !service->heap(service->context, &pprof, &err)) {
        http_response_say(response, err.kind == ERR_UNSUPPORTED ? 501 : 500, "%s%s%s", err.message,
                          *err.hint ? "; " : "", err.hint);
        strbuf_release(&pprof);
        return;
    }
    http_pages_profile(&pprof, "heap", response);
}

static void refuse_method(struct http_response *response)
{
    http_response_say(response, HTTP_PARSE_METHOD, "only GET and HEAD");
    http_response_header(response, "Allow: GET, HEAD");
}

static const struct page {
    const char *path;
    /* NULL: a profile */
    void (*answer)(const struct http_service *, const struct http_request *,
                   struct http_response *);
} pages[] = {
    {INDEX_PATH, answer_index},
    {"/debug/pprof/profile", NULL},
    {"/debug/pprof/heap", answer_heap},
    {"/debug/pprof/cmdline", answer_cmdline},
    {"/pprof/profile", NULL},
    {"/metrics", answer_metrics},
    {"/debug/pprof/symbol", answer_symbol},
    {"/pprof/symbol", answer_symbol},
    {"/debug/pprof", answer_redirect},
    {"/", answer_redirect},
};

static const struct page *find_page(struct http_slice path)
{
    for (size_t i = 0; i < ARRAY_SIZE(pages); i++)
        if (http_slice_equals(path, pages[i].path))
            return &pages[i];
    return NULL;
}

bool http_pages_answer(const struct http_service *service, const struct http_request *request,
                       bool local_only, struct http_response *response, unsigned *seconds)
{
    const struct page *page = find_page(request->path);
    unsigned wanted = PROFILE_SECONDS;

    response->status = 200;
    if (local_only && !http_host_is_local(request->host)) {
        http_response_say(response, 403,
                          "this server is for its own machine: ask for localhost or 127.0.0.1, not "
                          "for another name");
        return true;
    }
    if (!page) {
        http_response_say(response, 404, "no such page; see %s", INDEX_PATH);
        return true;
    }
    if (request->post && page->answer != answer_symbol) {
        refuse_method(response);
        return true;
    }
    if (page->answer) {
        page->answer(service, request, response);
        return true;
    }
    if (!http_query_number(request->query, "seconds", 1, HTTP_PROFILE_SECONDS_MAX, &wanted)) {
        http_response_say(response, 400, "seconds: expected one number from 1 to %d",
                          HTTP_PROFILE_SECONDS_MAX);
        return true;
    }
    if (request->head_only) {
        response->type = "application/octet-stream";
        return true;
    }
    *seconds = wanted;
    return false;
}

void http_pages_refuse(enum http_parse why, struct http_response *response)
{
    switch (why) {
    case HTTP_PARSE_METHOD:
        refuse_method(response);
        break;
    case HTTP_PARSE_LARGE:
        http_response_say(response, why, "the head of the request has more than %d bytes",
                          HTTP_HEAD_MAX_BYTES);
        break;
    case HTTP_PARSE_VERSION:
        http_response_say(response, why, "only HTTP/1.0 and HTTP/1.1");
        break;
    default:
        http_response_say(response, HTTP_PARSE_BAD, "this is no HTTP request");
    }
}

void http_pages_profile(struct strbuf *pprof, const char *name, struct http_response *response)
{
    response->status = 200;
    response->type = "application/octet-stream";
    http_response_header(response, "Content-Disposition: attachment; filename=\"%s\"", name);
    strbuf_release(&response->body);
    response->body = *pprof;
    *pprof = (struct strbuf){0};
}
