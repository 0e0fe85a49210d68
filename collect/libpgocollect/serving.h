/*
 * serving.h - what the collector gives away over the network: the HTTP server and the push, as the
 * settings ask for them. The collector runs from before the start until after the stop.
 *
 * The child of a fork that stays for more than a second has its own push, and its own server where
 * the address is another one for each process (port 0, %p). Any other address is its parent's,
 * until that ends: so a daemon serves where it was told to.
 */
#ifndef LIBPGOCOLLECT_SERVING_H
#define LIBPGOCOLLECT_SERVING_H

#include <stdbool.h>

#include "base/err.h"
#include "settings.h"

/*
 * On failure nothing is left running. Says on standard error where it listens if that is not in the
 * settings (port 0), and warns if that is beyond this machine. may_wait: an address that another
 * process has is no failure, but tried again while that has it; said once, after a second.
 */
MUST_CHECK bool serving_start(const struct settings *settings, bool may_wait, struct err *err);

/* Fine if nothing was started, and in the child of a fork, which has none of this. */
void serving_stop(void);

/* Where the server listens; "" if there is none (yet). Stays until the stop. */
const char *serving_address(void);

#endif
