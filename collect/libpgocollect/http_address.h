/*
 * http_address.h - where the HTTP server listens, from the text of PGO_COLLECT_HTTP.
 *
 *     127.0.0.1:6060   [::1]:6060   localhost:6060     loopback
 *     :6060   6060                                     loopback as well: 127.0.0.1
 *     unix:PATH                                        a socket of the file system; %p is the pid
 *     10.1.2.3:6060   0.0.0.0:6060   [::]:6060         beyond loopback: asked for in so many words
 *
 * Port 0 lets the system choose. A name is never looked up, localhost aside: what it resolves to
 * may change, and with it who can connect.
 */
#ifndef LIBPGOCOLLECT_HTTP_ADDRESS_H
#define LIBPGOCOLLECT_HTTP_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <netinet/in.h>

#include "base/err.h"

struct http_address {
    union {
        struct sockaddr any;
        struct sockaddr_in ip4;
        struct sockaddr_in6 ip6;
        struct sockaddr_un local;
    } name;
    socklen_t name_len;
    bool is_unix;
    bool is_private; /* loopback or a socket file: nobody on another machine can connect */
};

/* ERR_USAGE with a hint. */
MUST_CHECK bool http_address_parse(const char *text, struct http_address *address, struct err *err);

/* "127.0.0.1:6060", "[::1]:6060" or "unix:PATH"; cut to `size`. */
void http_address_format(const struct http_address *address, char *text, size_t size);

/*
 * A listening, non-blocking socket that exec closes; -1, ERR_IO and errno on failure. A socket file
 * is of mode 0600; one that nobody listens on is replaced, any other file is left alone. The
 * address gets the port that the system chose.
 */
MUST_CHECK int http_address_listen(struct http_address *address, struct err *err);

#endif
