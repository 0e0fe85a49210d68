/*
 * http_connection.h - one client: its request head comes in, the answer goes out, in the client's
 * own time and never longer than a deadline. Nothing here blocks.
 *
 *     READING → (WAITING →) WRITING → LINGERING → FREE
 *
 * LINGERING: the answer is out; what the client still sends is read and dropped for a moment, since
 * closing with unread bytes would make the kernel take the answer back (RFC 9112, 9.6).
 */
#ifndef LIBPGOCOLLECT_HTTP_CONNECTION_H
#define LIBPGOCOLLECT_HTTP_CONNECTION_H

#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "http_request.h"
#include "http_response.h"

enum http_state {
    HTTP_FREE,
    HTTP_READING,
    HTTP_WAITING, /* for the end of a profile; no deadline */
    HTTP_WRITING,
    HTTP_LINGERING,
};

struct http_timeouts {
    uint64_t head_ns;  /* for the whole head */
    uint64_t write_ns; /* without a byte taken */
    uint64_t linger_ns;
};

struct http_connection {
    enum http_state state;
    int fd;
    uint64_t deadline_ns; /* CLOCK_MONOTONIC */
    char *head;           /* HTTP_HEAD_MAX_BYTES */
    size_t head_len;
    struct strbuf out;
    size_t sent;
};

/* Takes the descriptor. False: no memory, it is closed. */
MUST_CHECK bool http_connection_open(struct http_connection *connection, int fd, uint64_t now_ns,
                                     const struct http_timeouts *timeouts);

/* Reads what is there; with another answer than HTTP_PARSE_MORE the caller has to answer, unless
 * the client has gone and the state is HTTP_FREE. */
enum http_parse http_connection_read(struct http_connection *connection,
                                     struct http_request *request);

/* The answer, and a first try to send it. */
void http_connection_answer(struct http_connection *connection,
                            const struct http_response *response, bool head_only, uint64_t now_ns,
                            const struct http_timeouts *timeouts);

/* Goes on with WRITING and LINGERING, and sees whether a WAITING client has gone. */
void http_connection_go_on(struct http_connection *connection, uint64_t now_ns,
                           const struct http_timeouts *timeouts);

/* What to poll for. */
short http_connection_events(const struct http_connection *connection);

void http_connection_close(struct http_connection *connection); /* FREE again */

#endif
