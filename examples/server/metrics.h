/*
 * What /metrics of the profiler's address says of this server.
 *
 *     search_requests_total{endpoint,status}     search_documents
 *     search_request_seconds{endpoint}           search_connections
 */
#ifndef SERVER_METRICS_H
#define SERVER_METRICS_H

#include <stdint.h>

enum endpoint {
    ENDPOINT_SEARCH,
    ENDPOINT_SUGGEST,
    ENDPOINT_DOCUMENT,
    ENDPOINT_HEALTH,
    ENDPOINT_OTHER, /* no such path, or a request that was refused */
    ENDPOINT_COUNT,
};

/* Before this call the others do nothing. */
void metrics_register(uint32_t documents);

const char *metrics_endpoint(enum endpoint endpoint); /* its path, or "other" */

double metrics_now(void); /* seconds, from some point in time */
void metrics_count(enum endpoint endpoint, int status, double seconds);
void metrics_add_connections(int difference);

#endif
