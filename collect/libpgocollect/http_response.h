/*
 * http_response.h - an answer, as bytes. After each the server closes the connection.
 */
#ifndef LIBPGOCOLLECT_HTTP_RESPONSE_H
#define LIBPGOCOLLECT_HTTP_RESPONSE_H

#include <stdbool.h>

#include "base/compiler.h"
#include "base/strbuf.h"

struct http_response {
    unsigned status;
    const char *type;    /* Content-Type, a literal */
    struct strbuf extra; /* more header lines, each with its CR LF */
    struct strbuf body;
};

/* A line of plain text in place of whatever was there. */
void http_response_say(struct http_response *response, unsigned status, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* "Name: value" and its end of line. */
void http_response_header(struct http_response *response, const char *format, ...)
    PRINTF_LIKE(2, 3);

/* Appends head and body; without the body for HEAD. */
void http_response_write(const struct http_response *response, bool head_only, struct strbuf *out);

void http_response_release(struct http_response *response);

#endif
