/*
 * url.h - a URL of the command line, taken apart: what is asked for, by whom, and what may be
 * shown.
 *
 * Accepted as by `go tool pprof`: HOST:PORT, or a URL of http or https. A prefix says what answers
 * where the path does not: pyroscope+http://HOST:4040, parca+https://HOST/prefix.
 *
 * A password, or a token in the query, never gets into a message or a profile: what may be shown
 * has no user, and only those values of the query that are known to be harmless.
 */
#ifndef COLLECT_FETCH_URL_H
#define COLLECT_FETCH_URL_H

#include <stdbool.h>

#include "base/err.h"
#include "base/strbuf.h"

enum backend {
    BACKEND_PPROF,     /* GET, the reply is the profile */
    BACKEND_PYROSCOPE, /* Connect API, querier.v1 */
    BACKEND_PARCA,     /* gRPC gateway, /api/profiles/query */
};

#define URL_PYROSCOPE_SERVICE "/querier.v1.QuerierService/"
#define URL_PYROSCOPE_METHOD  URL_PYROSCOPE_SERVICE "SelectMergeProfile"
#define URL_PARCA_PATH        "/api/profiles/query"

struct url {
    enum backend backend;
    char *origin;          /* "https://host:443", lower case: who gets the credentials */
    char *base;            /* scheme, host and port as they were given */
    char *path;            /* "" or starts with '/' */
    char *query;           /* without '?'; "" if there is none */
    char *user, *password; /* decoded; NULL: none given */
};

/* ERR_USAGE, with the URL as it may be shown. url_release() it on success. */
MUST_CHECK bool url_read(const char *text, struct url *url, struct err *err);
void url_release(struct url *url);

/* Appends any text as it may be shown, also one that is no good URL. */
void url_show(const char *text, struct strbuf *out);

/* The value of a parameter of the query; NULL if there is none. free() it. */
char *url_parameter(const struct url *url, const char *name);

/* Appends what stands for these bytes in a query: RFC 3986, 2.3. */
void url_escape(const char *text, struct strbuf *out);

#endif
