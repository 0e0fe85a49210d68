#include "retry.h"

/* 501 and 505 are about the request: the next one would be no better. */
static bool may_pass(long status)
{
    return status == 429 || (status >= 500 && status <= 599 && status != 501 && status != 505);
}

bool retry_wait(const struct retry_failure *failure, unsigned max_retries, uint64_t patience_ms,
                uint64_t *wait_ms)
{
    unsigned doublings = failure->tries - 1;
    uint64_t wait = (uint64_t)RETRY_FIRST_MS << (doublings < 20 ? doublings : 20);

    if (failure->tries > max_retries || !(failure->is_refused || may_pass(failure->status)))
        return false;
    if (failure->retry_after_s > 0)
        wait = (uint64_t)failure->retry_after_s < UINT32_MAX
                   ? (uint64_t)failure->retry_after_s * 1000
                   : UINT64_MAX;
    if (wait > patience_ms)
        return false;
    *wait_ms = wait;
    return true;
}
