/*
 * Any bytes as what a user types and a server answers: URL, times, reply. What is shown of a URL
 * has no user; a request that is built can be built again from itself.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../collect/fetch/reply.h"
#include "../../collect/fetch/request.h"
#include "../../collect/fetch/window.h"

#define MAX_BYTES ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_url(const char *text)
{
    struct request_window window = {.from_ms = 0, .to_ms = 1}, with_query = window;
    struct strbuf shown = {0};
    struct request request, again;
    struct err err = {0};

    url_show(text, &shown);
    assert(memchr(strbuf_text(&shown), '@', strcspn(strbuf_text(&shown), "?")) == NULL);
    strbuf_release(&shown);
    with_query.query = text;
    if (request_build("parca+h", &with_query, &request, &err))
        request_release(&request);
    if (request_build("pyroscope+h", &with_query, &request, &err))
        request_release(&request);
    if (!request_build(text, &window, &request, &err))
        return;
    assert(!strchr(request.origin, '@'));
    if (request.backend == BACKEND_PPROF) {
        if (!request_build(request.url, &window, &again, &err))
            abort();
        assert(strcmp(request.url, again.url) == 0 && strcmp(request.origin, again.origin) == 0);
        request_release(&again);
    }
    request_release(&request);
}

/* What was read is written and read again. */
static void try_time(const char *text)
{
    struct strbuf written = {0};
    struct err err = {0};
    int64_t time_ms, again_ms;

    if (!window_parse("--from", text, 0, &time_ms, &err))
        return;
    window_format(time_ms, &written);
    if (written.len == strlen("2026-11-20T10:00:00Z")) {
        if (!window_parse("--from", strbuf_text(&written), 0, &again_ms, &err) ||
            time_ms != again_ms)
            abort();
    }
    strbuf_release(&written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct strbuf text = {0};
    struct err err = {0};

    if (size == 0)
        return 0;
    profile_free(reply_read(data[0] % 3, data + 1, size - 1, MAX_BYTES, &err));
    strbuf_add(&text, data + 1, size - 1);
    try_url(strbuf_text(&text));
    try_time(strbuf_text(&text));
    strbuf_release(&text);
    return 0;
}
