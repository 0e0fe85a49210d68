/*
 * recording.h - the time between the first sample and the last: who is sampled, and what ends it.
 *
 * Ended by the target's end, by SIGINT, SIGTERM or SIGHUP, or after max_seconds. A command that is
 * stopped so gets SIGTERM (a terminal's Ctrl-C has reached it already, being in our process group)
 * and two seconds to end, which are recorded as well; a second signal ends them.
 */
#ifndef COLLECT_RECORDING_H
#define COLLECT_RECORDING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "preload.h"
#include "sampler.h"
#include "target.h"
#include "trace.h"

struct recording {
    struct target *target;
    struct sampler *sampler; /* one of the two, the other is NULL */
    struct preload *preload;
    struct trace *trace;
    double max_seconds;  /* 0: no limit */
    const char *program; /* for messages */

    /* filled in by recording_run() */
    int64_t time_ns;     /* since 1970, of the start */
    int64_t duration_ns; /* until the last sample was taken */
    bool was_stopped;    /* by a signal or the limit, not by the target's end */
};

MUST_CHECK bool recording_run(struct recording *recording, struct err *err);

#endif
