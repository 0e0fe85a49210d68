/*
 * pgo_metrics.h - counters, gauges and histograms of a program, on the /metrics page of
 * libpgocollect. For C and C++; see libpgocollect(7).
 *
 *     static struct pgo_counter *requests;
 *     static struct pgo_histogram *seconds;
 *
 *     requests = pgo_counter_new("app_requests_total", "Requests answered.",
 *                                "method", "GET", NULL);
 *     seconds = pgo_histogram_new("app_request_seconds", "Time to the answer.", NULL, 0, NULL);
 *     ...
 *     pgo_counter_add(requests, 1);
 *     pgo_histogram_observe(seconds, 0.012);
 *
 * A metric is registered once, with all of its labels, and lives as long as the process. Behind the
 * help text come pairs of a label's name and value, then NULL; all texts are copied. Metrics of one
 * name and different labels are one family: they have the same type, and the help of the first.
 *
 * NULL with errno is the answer to
 *
 *     EINVAL  a bad name or bucket; pgo_metrics_error() says which
 *     EEXIST  the same name with the same labels, or with another type, is there
 *     ENOSPC  more than PGO_METRICS_MAX metrics: a label's value that is different in each request
 *     ENOMEM  no memory
 *
 * Names are [a-zA-Z_:][a-zA-Z0-9_:]*, of labels [a-zA-Z_][a-zA-Z0-9_]*. A counter's ends in _total,
 * and no other one's. "process_" and "pgo_" are ours. A label is neither "le" nor starts with "__".
 *
 * All that changes a value takes NULL and does nothing, so that a program need not look.
 * Metrics may be registered before the profiler starts, and are kept when it stops.
 *
 * Values change by atomic operations alone: no lock, no allocation, at any time, in signal handlers
 * as well. A scrape sees each value whole, and not all of them of one moment.
 */
#ifndef PGO_METRICS_H
#define PGO_METRICS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PGO_METRICS_MAX 10000

struct pgo_counter;   /* goes up alone */
struct pgo_gauge;     /* goes up and down */
struct pgo_histogram; /* how many values were below each of some bounds, and their sum */

struct pgo_counter *pgo_counter_new(const char *name, const char *help, ...)
    __attribute__((sentinel));
struct pgo_gauge *pgo_gauge_new(const char *name, const char *help, ...) __attribute__((sentinel));

/*
 * `bounds`: finite, ascending, each the largest value of its bucket; one for all beyond is added.
 * NULL and 0: 0.005 to 10, for seconds. At most 64.
 */
struct pgo_histogram *pgo_histogram_new(const char *name, const char *help, const double *bounds,
                                        size_t bound_count, ...) __attribute__((sentinel));

/* Why the last pgo_..._new() of this thread failed, in words. */
const char *pgo_metrics_error(void);

void pgo_counter_add(struct pgo_counter *counter, uint64_t n);
void pgo_gauge_set(struct pgo_gauge *gauge, double value);
void pgo_gauge_add(struct pgo_gauge *gauge, double difference);
void pgo_histogram_observe(struct pgo_histogram *histogram, double value);

#ifdef __cplusplus
}
#endif

#endif
