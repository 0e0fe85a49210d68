/*
 * serving.h - what the collector gives away over the network: the HTTP server and the push, as the
 * settings ask for them. The collector runs from before the start until after the stop.
 */
#ifndef LIBPGOCOLLECT_SERVING_H
#define LIBPGOCOLLECT_SERVING_H

#include <stdbool.h>

#include "base/err.h"
#include "settings.h"

/* On failure nothing is left running. Says on standard error where it listens if that is not in
 * the settings (port 0), and warns if that is beyond this machine. */
MUST_CHECK bool serving_start(const struct settings *settings, struct err *err);

/* Fine if nothing was started, and in the child of a fork, which has none of this. */
void serving_stop(void);

/* Where the server listens; "" if there is none. Stays until the next start. */
const char *serving_address(void);

/* In the child of a fork: the parent serves, this process does not. */
void serving_forget(void);

#endif
