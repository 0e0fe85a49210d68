/*
 * request.h - what is sent to whom: the HTTP request for one URL of the command line.
 *
 * A plain URL: GET. A host alone means its CPU profile, /debug/pprof/profile, and a path that ends
 * in /profile gets `seconds=N`, both as `go tool pprof` does.
 *
 * Pyroscope (docs: "Server HTTP API", querier.proto): POST .../SelectMergeProfile by the Connect
 * protocol. Its reply has the form of its request, so that the request is protobuf, too: the reply
 * to JSON would be a profile in JSON.
 *
 *     1  profile_typeID   string   process_cpu:cpu:nanoseconds:cpu:nanoseconds
 *     2  label_selector   string   {service_name="shop"}
 *     3  start, 4  end    int64    milliseconds since 1970
 *
 * Parca (query.proto, google.api.http): GET /api/profiles/query with mode=MODE_MERGE,
 * report_type=REPORT_TYPE_PPROF, merge.query, merge.start and merge.end (RFC 3339). The reply is
 * JSON with the profile in base64.
 */
#ifndef COLLECT_FETCH_REQUEST_H
#define COLLECT_FETCH_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "url.h"

#define REQUEST_DEFAULT_SECONDS 30 /* as net/http/pprof and libpgocollect do unasked */

struct request_window {
    uint64_t seconds;  /* 0: not said */
    const char *query; /* NULL: not said */
    int64_t from_ms, to_ms;
};

struct request {
    enum backend backend;
    char *url, *origin;    /* of url.h; without user and password */
    char *user, *password; /* NULL: none in the URL */
    bool is_post;
    struct strbuf body;
    char *shown;     /* the URL as it may be shown */
    char *asked;     /* what of: "30 s", or the query and its window */
    uint64_t wait_s; /* that the server itself takes before it answers */
};

/* ERR_USAGE. request_release() it on success. */
MUST_CHECK bool request_build(const char *text, const struct request_window *window,
                              struct request *request, struct err *err);
void request_release(struct request *request);

#endif
