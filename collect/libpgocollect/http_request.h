/*
 * http_request.h - the head of an HTTP request, from bytes; what its query and Accept ask for.
 *
 * Pure functions over bytes: no socket, no allocation. Slices point into the bytes that were
 * parsed, and live as long as these. Only what a server of a few pages needs is kept.
 * Source of the format: RFC 9112 (HTTP/1.1), RFC 9110 12.5.1 (Accept).
 */
#ifndef LIBPGOCOLLECT_HTTP_REQUEST_H
#define LIBPGOCOLLECT_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

#define HTTP_HEAD_MAX_BYTES 8192

struct http_slice {
    const char *data; /* not ended by a NUL; NULL: not there */
    size_t len;
};

struct http_request {
    bool head_only;          /* HEAD: the answer has no body */
    bool post;               /* what it posts is not read */
    struct http_slice path;  /* as sent, starts with '/' */
    struct http_slice query; /* behind the '?' */
    struct http_slice host, accept;
};

/* What the bytes are; all but the first two are the status of the answer. */
enum http_parse {
    HTTP_PARSE_MORE = 0, /* a beginning: more bytes are needed */
    HTTP_PARSE_OK = 200,
    HTTP_PARSE_BAD = 400,
    HTTP_PARSE_METHOD = 405,  /* neither GET, HEAD nor POST */
    HTTP_PARSE_LARGE = 431,   /* a head of more than HTTP_HEAD_MAX_BYTES */
    HTTP_PARSE_VERSION = 505, /* not HTTP/1.x */
};

/* `request` is meaningful with HTTP_PARSE_OK alone. Lines may end with LF alone. */
MUST_CHECK enum http_parse http_request_parse(const char *bytes, size_t len,
                                              struct http_request *request);

bool http_slice_equals(struct http_slice slice, const char *text);

/*
 * The number behind NAME= in a query; `*value` stays as it is if there is none. False for one that
 * is no number in min..max, or stands twice.
 */
MUST_CHECK bool http_query_number(struct http_slice query, const char *name, unsigned min,
                                  unsigned max, unsigned *value);

/* True if OpenMetrics is at least as welcome as plain text; without Accept it is not. */
bool http_accepts_openmetrics(struct http_slice accept);

/*
 * True if Host names the machine by number or as localhost, or is missing. A page of the web whose
 * name was made to resolve to 127.0.0.1 ("DNS rebinding") shows its own name here.
 */
bool http_host_is_local(struct http_slice host);

#endif
