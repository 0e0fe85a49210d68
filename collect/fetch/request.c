#include "request.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "window.h"

#define PROFILE_PATH  "/debug/pprof/profile"
#define PYROSCOPE_CPU "process_cpu:cpu:nanoseconds:cpu:nanoseconds"
#define MAX_WAIT_S    (24 * 3600)
#define WIRE_VARINT   0
#define WIRE_BYTES    2

static void set_path(struct url *url, const char *path)
{
    free(url->path);
    url->path = mem_strdup(path);
}

/* The query with `seconds` in the place of what it says itself. */
static void set_seconds(struct url *url, uint64_t seconds)
{
    struct strbuf query = {0};

    for (const char *at = url->query; *at; at += *at == '&') {
        size_t part = strcspn(at, "&");

        if (part && strncmp(at, "seconds=", 8) != 0)
            strbuf_add_format(&query, "%.*s&", (int)part, at);
        at += part;
    }
    strbuf_add_format(&query, "seconds=%llu", (unsigned long long)seconds);
    free(url->query);
    url->query = mem_strdup(strbuf_text(&query));
    strbuf_release(&query);
}

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), end_len = strlen(end);

    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

static bool build_plain(struct url *url, const struct request_window *window,
                        struct request *request, struct err *err)
{
    static const char *const folders[] = {"", "/", "/debug/pprof", "/debug/pprof/"};
    char *own = url_parameter(url, "seconds");
    uint64_t seconds = 0;

    if (own && (!number_parse_u64(own, &seconds) || seconds > MAX_WAIT_S))
        seconds = 0; /* the server will say what it thinks of it */
    free(own);
    if (window->query)
        return err_set(err, ERR_USAGE, "--query is for Pyroscope and Parca, not for a plain URL");
    for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
        if (strcmp(url->path, folders[i]) == 0) {
            set_path(url, PROFILE_PATH);
            break;
        }
    if (window->seconds)
        seconds = window->seconds;
    else if (!seconds && ends_with(url->path, "/profile"))
        seconds = REQUEST_DEFAULT_SECONDS;
    if (seconds)
        set_seconds(url, seconds);
    request->wait_s = seconds;
    request->asked = seconds ? mem_format("%llu s", (unsigned long long)seconds) : mem_strdup("");
    return true;
}

static void add_varint(uint64_t value, struct strbuf *out)
{
    for (; value >= 0x80; value >>= 7)
        strbuf_add_char(out, (char)(value | 0x80));
    strbuf_add_char(out, (char)value);
}

static void add_bytes(unsigned field, const char *bytes, size_t len, struct strbuf *out)
{
    add_varint(field << 3 | WIRE_BYTES, out);
    add_varint(len, out);
    strbuf_add(out, bytes, len);
}

static void add_number(unsigned field, int64_t value, struct strbuf *out)
{
    add_varint(field << 3 | WIRE_VARINT, out);
    add_varint((uint64_t)value, out);
}

static bool build_pyroscope(struct url *url, const struct request_window *window,
                            struct request *request, struct err *err)
{
    const char *query = window->query ? window->query : "{}";
    size_t type = strcspn(query, "{");

    if (ends_with(url->path, "/SelectMergeStacktraces")) {
        err_set(err, ERR_USAGE,
                "SelectMergeStacktraces gives the picture of a flame graph: names "
                "without lines, and the small ones left out");
        return err_hint(err, "SelectMergeProfile of the same server gives a profile; "
                             "pyroscope+http://HOST:PORT asks for it");
    }
    if (!ends_with(url->path, URL_PYROSCOPE_METHOD)) {
        err_set(err, ERR_USAGE, "only SelectMergeProfile of Pyroscope's querier gives a pprof");
        return err_hint(err, "give the server: pyroscope+http://HOST:PORT");
    }
    add_bytes(1, type ? query : PYROSCOPE_CPU, type ? type : strlen(PYROSCOPE_CPU), &request->body);
    add_bytes(2, query[type] ? query + type : "{}", query[type] ? strlen(query + type) : 2,
              &request->body);
    add_number(3, window->from_ms, &request->body);
    add_number(4, window->to_ms, &request->body);
    request->is_post = true;
    return true;
}

static void add_time(const char *name, int64_t time_ms, struct strbuf *query)
{
    struct strbuf text = {0};

    window_format(time_ms, &text);
    strbuf_add_format(query, "&%s=", name);
    url_escape(strbuf_text(&text), query);
    strbuf_release(&text);
}

static bool build_parca(struct url *url, const struct request_window *window,
                        struct request *request, struct err *err)
{
    struct strbuf query = {0};

    (void)request;
    if (!window->query || window->query[0] == '{' || window->query[0] == '\0') {
        err_set(err, ERR_USAGE, "Parca needs --query with the type of the profile");
        return err_hint(err, "--query 'parca_agent:samples:count:cpu:nanoseconds:delta"
                             "{comm=\"server\"}'; HOST/api/profiles/types lists the types");
    }
    strbuf_add_format(&query,
                      "%s%smode=MODE_MERGE&report_type=REPORT_TYPE_PPROF&merge.query=", url->query,
                      url->query[0] ? "&" : "");
    url_escape(window->query, &query);
    add_time("merge.start", window->from_ms, &query);
    add_time("merge.end", window->to_ms, &query);
    free(url->query);
    url->query = mem_strdup(strbuf_text(&query));
    strbuf_release(&query);
    return true;
}

/* The query and the window, for messages and the profile. */
static char *describe(const struct request_window *window)
{
    struct strbuf text = {0};
    char *result;

    strbuf_add_format(&text, "%s from ", window->query ? window->query : "all");
    window_format(window->from_ms, &text);
    strbuf_add_text(&text, " to ");
    window_format(window->to_ms, &text);
    result = mem_strdup(strbuf_text(&text));
    strbuf_release(&text);
    return result;
}

static bool build_backend(struct url *url, const struct request_window *window,
                          struct request *request, struct err *err)
{
    if (url->backend == BACKEND_PPROF)
        return build_plain(url, window, request, err);
    if (window->seconds)
        return err_set(err, ERR_USAGE,
                       "--seconds is for a plain URL; Pyroscope and Parca take --from and --to");
    if (window->from_ms >= window->to_ms)
        return err_set(err, ERR_USAGE, "--from is not before --to");
    request->asked = describe(window);
    return url->backend == BACKEND_PYROSCOPE ? build_pyroscope(url, window, request, err)
                                             : build_parca(url, window, request, err);
}

static char *show(const struct url *url)
{
    struct strbuf text = {0}, shown = {0};
    char *result;

    /* what a back-end is asked is in `asked`, legibly */
    strbuf_add_format(&text, "%s%s%s%s", url->base, url->path,
                      url->query[0] && url->backend == BACKEND_PPROF ? "?" : "",
                      url->backend == BACKEND_PPROF ? url->query : "");
    url_show(strbuf_text(&text), &shown);
    result = mem_strdup(strbuf_text(&shown));
    strbuf_release(&text);
    strbuf_release(&shown);
    return result;
}

bool request_build(const char *text, const struct request_window *window, struct request *request,
                   struct err *err)
{
    struct request result = {0};
    struct url url;

    if (!url_read(text, &url, err))
        return false;
    result.backend = url.backend;
    result.shown = show(&url);
    if (!build_backend(&url, window, &result, err)) {
        err_prepend(err, "%s: ", result.shown);
        request_release(&result);
        url_release(&url);
        return false;
    }
    free(result.shown);
    result.shown = show(&url);
    result.url = mem_format("%s%s%s%s", url.base, url.path, url.query[0] ? "?" : "", url.query);
    result.origin = mem_strdup(url.origin);
    result.user = url.user ? mem_strdup(url.user) : NULL;
    result.password = url.password ? mem_strdup(url.password) : NULL;
    url_release(&url);
    *request = result;
    return true;
}

void request_release(struct request *request)
{
    free(request->url);
    free(request->origin);
    free(request->user);
    if (request->password)
        explicit_bzero(request->password, strlen(request->password));
    free(request->password);
    free(request->shown);
    free(request->asked);
    strbuf_release(&request->body);
    *request = (struct request){0};
}
