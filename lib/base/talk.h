/*
 * talk.h - the one file that speaks to the user; only tools call it, never the library.
 *
 * Everything goes to standard error: standard output is for data. The form is
 * `tool: message`, then `hint: what to do`; control characters are scrubbed; colours appear only
 * on a terminal that wants them (NO_COLOR, TERM=dumb).
 */
#ifndef BASE_TALK_H
#define BASE_TALK_H

#include <stdbool.h>

#include "base/err.h"

/* Exit codes that all tools share. */
enum {
    TALK_EXIT_DONE = 0,
    TALK_EXIT_FAILED = 1, /* nothing was written */
    TALK_EXIT_USAGE = 2,
};

void talk_start(const char *tool); /* the name in front of every line; kept, not copied */
void talk_error(const struct err *err);
void talk_warn(const char *format, ...) PRINTF_LIKE(1, 2);
void talk_say(const char *format, ...) PRINTF_LIKE(1, 2);

/* A line that the next one replaces; nothing when standard error is not a terminal. */
void talk_progress(const char *format, ...) PRINTF_LIKE(1, 2);
void talk_progress_end(void);

/* Prints the error; the exit code that belongs to its kind. */
int talk_fail(const struct err *err);

/* May this descriptor get colours? */
bool talk_wants_colour(int fd);

#endif
