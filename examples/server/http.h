/*
 * HTTP/1.1 as far as this server speaks it (RFC 9112): GET and HEAD without a body.
 *
 * http_parse() looks at the bytes that have come so far. They stay the caller's and are changed:
 * the parts of the request point into them, NUL-terminated and percent-decoded.
 */
#ifndef SERVER_HTTP_H
#define SERVER_HTTP_H

#include "text.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    HTTP_HEAD_SIZE = 8192, /* the most that a request's head may take */
    HTTP_MAX_PARAMETERS = 8,
};

enum http_result {
    HTTP_INCOMPLETE, /* more has to come */
    HTTP_REQUEST,
    HTTP_REFUSED, /* `status` says why; the connection cannot go on */
};

struct http_parameter {
    const char *name;
    const char *value;
};

struct http_request {
    size_t length; /* of the head: what follows is the next request */
    int status;    /* 200, or why it was refused */
    bool is_head;
    bool keep_alive;
    const char *path;
    struct http_parameter parameters[HTTP_MAX_PARAMETERS];
    size_t parameter_count;
};

enum http_result http_parse(struct http_request *request, char *data, size_t length);

/* NULL: not given. */
const char *http_parameter(const struct http_request *request, const char *name);

/* Adds a whole answer; the body of a HEAD is only counted. */
void http_answer(struct text *out, const struct http_request *request, int status,
                 const struct text *json);

const char *http_reason(int status);

#endif
