/*
 * handler.h - the handler of SIGPROF: one sample of the interrupted thread into its ring.
 *
 * A signal of ours carries its thread's slot; any other one goes to the handler that the program
 * had before. errno is kept.
 */
#ifndef LIBPGOCOLLECT_HANDLER_H
#define LIBPGOCOLLECT_HANDLER_H

#include <stdbool.h>
#include <stdint.h>

#include "slot.h"
#include "unwind.h"

enum { HANDLER_IPS_MAX = 128 };

/* From now on samples are taken. The rows must outlive the last signal. Sets errno. */
bool handler_install(struct unwind_rows *rows);

/* Signals of ours do nothing any more. The handler stays: one may be on its way. */
void handler_disable(void);

/* Is the handler still ours? The program may have taken the signal for itself. */
bool handler_is_installed(void);

/* What the thread did after its last expiry, found at its end; in the thread, its timer deleted. */
void handler_add_remainder(struct slot *slot, uint64_t weight);

#endif
