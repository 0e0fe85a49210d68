#include "metrics.h"

#include "http.h"

#include <pgo_metrics.h>
#include <stdio.h>
#include <time.h>

static const char *const paths[ENDPOINT_COUNT] = {"/search", "/suggest", "/document", "/health",
                                                  "other"};
static const int statuses[] = {200, 400, 404, 405, 413, 431, 501, 505};
enum { STATUS_COUNT = sizeof(statuses) / sizeof(statuses[0]) };

static struct pgo_counter *requests[ENDPOINT_COUNT][STATUS_COUNT];
static struct pgo_histogram *seconds_of[ENDPOINT_COUNT];
static struct pgo_gauge *connections;

/* Only what is refused before its path is known has the statuses beyond 404. */
static bool is_possible(enum endpoint endpoint, int status)
{
    if (endpoint == ENDPOINT_OTHER)
        return status != 200;
    if (endpoint == ENDPOINT_HEALTH)
        return status == 200;
    return status <= 400 || (endpoint == ENDPOINT_DOCUMENT && status == 404);
}

static void register_endpoint(enum endpoint endpoint)
{
    static const double bounds[] = {0.00001, 0.00003, 0.0001, 0.0003, 0.001,
                                    0.003,   0.01,    0.03,   0.1};
    char status[12];

    for (int i = 0; i < STATUS_COUNT; i++) {
        if (!is_possible(endpoint, statuses[i]))
            continue;
        snprintf(status, sizeof(status), "%d", statuses[i]);
        requests[endpoint][i] =
            pgo_counter_new("search_requests_total", "Requests answered.", "endpoint",
                            paths[endpoint], "status", status, NULL);
    }
    seconds_of[endpoint] = pgo_histogram_new(
        "search_request_seconds", "Time from a request that has come to its answer, unsent.",
        bounds, sizeof(bounds) / sizeof(bounds[0]), "endpoint", paths[endpoint], NULL);
}

void metrics_register(uint32_t documents)
{
    for (enum endpoint endpoint = 0; endpoint < ENDPOINT_COUNT; endpoint++)
        register_endpoint(endpoint);
    pgo_gauge_set(pgo_gauge_new("search_documents", "Documents in the index.", NULL), documents);
    connections = pgo_gauge_new("search_connections", "Clients that are connected.", NULL);
}

const char *metrics_endpoint(enum endpoint endpoint)
{
    return paths[endpoint];
}

double metrics_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void metrics_count(enum endpoint endpoint, int status, double seconds)
{
    for (int i = 0; i < STATUS_COUNT; i++) {
        if (statuses[i] == status)
            pgo_counter_add(requests[endpoint][i], 1);
    }
    pgo_histogram_observe(seconds_of[endpoint], seconds);
}

void metrics_add_connections(int difference)
{
    pgo_gauge_add(connections, difference);
}
