/*
 * http_pages.h - what is served: one table of paths, and what each answers.
 *
 * Pages never show the environment, and arguments only if `command_line` asks for them.
 */
#ifndef LIBPGOCOLLECT_HTTP_PAGES_H
#define LIBPGOCOLLECT_HTTP_PAGES_H

#include <stdbool.h>

#include "base/err.h"
#include "http_request.h"
#include "http_response.h"
#include "metrics_text.h"

#define HTTP_PROFILE_SECONDS_MAX 600

/* The profiler, as the pages see it. All are called by the server's thread. */
struct http_service {
    void *context;
    /* A profile from now on; one at a time. */
    bool (*profile_begin)(void *context, struct err *err);
    /* Its end: appends a gzipped pprof. It is over also on failure. */
    bool (*profile_end)(void *context, struct strbuf *out, struct err *err);
    void (*profile_drop)(void *context); /* its end, nobody wants it */
    /* What is allocated now: appends a gzipped pprof. ERR_UNSUPPORTED: there is none. */
    bool (*heap)(void *context, struct strbuf *out, struct err *err);
    void (*metrics)(void *context, struct metrics_text *text); /* the profiler's own */
    bool command_line;                                         /* show arguments */
};

/*
 * True: `response` is the answer. False: it is a profile of `*seconds`, which the server has to
 * take. `local_only`: the server can be reached from this machine alone, and Host must agree.
 */
MUST_CHECK bool http_pages_answer(const struct http_service *service,
                                  const struct http_request *request, bool local_only,
                                  struct http_response *response, unsigned *seconds);

/* The answer to a request that could not be read. */
void http_pages_refuse(enum http_parse why, struct http_response *response);

/* The answer that a profile is, as the file `name`. */
void http_pages_profile(struct strbuf *pprof, const char *name, struct http_response *response);

#endif
