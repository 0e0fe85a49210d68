/*
 * retry.h - is a failed request worth another try, and when?
 *
 * Again: nobody listens (yet), 429, and those of 5xx that may pass. Each wait is twice the one
 * before; a server that says Retry-After is taken at its word, up to the patience that is left.
 * Never again: what came and was cut off or too slow, since that has cost its time already.
 */
#ifndef COLLECT_FETCH_RETRY_H
#define COLLECT_FETCH_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#define RETRY_FIRST_MS 500

struct retry_failure {
    bool is_refused;       /* no connection was made */
    long status;           /* of HTTP; 0: no answer */
    int64_t retry_after_s; /* as the server asks; 0: it does not */
    unsigned tries;        /* that were made, 1 or more */
};

/* False: give up. *wait_ms: until the next try. */
bool retry_wait(const struct retry_failure *failure, unsigned max_retries, uint64_t patience_ms,
                uint64_t *wait_ms);

#endif
