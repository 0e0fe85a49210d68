/*
 * transfer.h - requests sent, all at once, and what came back: the one file that knows libcurl.
 *
 * Proxies are those of curl's environment (http_proxy, https_proxy, NO_PROXY), user and password
 * may stand in ~/.netrc. TLS is verified. A redirect is followed up to TRANSFER_MAX_REDIRECTS
 * times; to another scheme, host or port the request goes without headers, tokens, passwords,
 * netrc and client certificate, and from https to http not at all.
 *
 * Time: the server has the seconds it was asked to sample and `timeout_s` beyond; a connection
 * has 10 s of these, and so has a reply that has begun and stops coming.
 */
#ifndef COLLECT_FETCH_TRANSFER_H
#define COLLECT_FETCH_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "request.h"

#define TRANSFER_MAX_REDIRECTS 5

struct transfer_settings {
    const char *const *headers; /* "Name: value" */
    size_t header_count;
    const char *bearer, *user;                     /* token; "name:password"; NULL: none */
    const char *cacert, *cert, *key, *unix_socket; /* files; NULL: none */
    uint64_t timeout_s;
    size_t max_bytes; /* of a reply */
    unsigned max_retries;
};

struct transfer {
    const struct request *request;
    struct strbuf body; /* the reply, if it is done */
    bool done;
    struct err err; /* why not; names no URL */
    unsigned tries;
};

/* Each transfer ends done or with its err. strbuf_release() the bodies. */
void transfer_run(struct transfer *transfers, size_t count,
                  const struct transfer_settings *settings);

#endif
