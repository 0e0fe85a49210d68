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

/*
 * What the program gets when it asks for SIGPROF's handler or sets one, as sigaction(2) would: its
 * own, which gets all signals that are not ours. False: ours is not installed, the system is to be
 * asked.
 */
struct sigaction;
bool handler_exchange(const struct sigaction *action, struct sigaction *before);

/* The system's sigaction(), where the one by that name is the interposed one. */
typedef int handler_sigaction(int, const struct sigaction *, struct sigaction *);
void handler_use(handler_sigaction *real);

/* Is the handler still ours? A program can take the signal by a system call. */
bool handler_is_installed(void);

#endif
