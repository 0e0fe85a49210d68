/*
 * push_client.h - sends a profile to a Pyroscope server's ingest API, over plain HTTP.
 *
 * No TLS: a proxy or an agent on this machine has to speak it. A redirect is not followed.
 * Source of the form: Grafana Pyroscope, "Server HTTP API", POST /ingest: the query says name,
 * from, until (seconds since 1970), format and sampleRate; the body is a multipart form with the
 * pprof as the file "profile".
 */
#ifndef LIBPGOCOLLECT_PUSH_CLIENT_H
#define LIBPGOCOLLECT_PUSH_CLIENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/err.h"
#include "base/strbuf.h"

struct push_target {
    char host[256], port[8];
    char authority[272];          /* as in the URL, for Host */
    struct strbuf path;           /* with its query, to which more can be added */
    struct sockaddr_storage name; /* where the last connection went; name_len 0: none yet */
    socklen_t name_len;
};

/* http://HOST[:PORT][/PATH][?QUERY]; without a path /ingest, without name= the program's. */
MUST_CHECK bool push_target_parse(const char *url, const char *program, struct push_target *target,
                                  struct err *err);
void push_target_release(struct push_target *target);

struct push_item {
    struct strbuf pprof;
    int64_t from_s, until_s;
};

/* The whole request. */
void push_request_write(const struct push_target *target, const struct push_item *item, uint64_t hz,
                        struct strbuf *out);

enum push_result {
    PUSH_DONE,
    PUSH_LATER,  /* the server is not there, or too busy */
    PUSH_REFUSED /* it will not take this one, ever */
};

/* Looks names up unless `known_only`, and otherwise waits at most until the deadline. */
enum push_result push_send(struct push_target *target, const struct strbuf *request,
                           int64_t deadline_ns, bool known_only, struct err *err);

#endif
