/*
 * progress.h - a line on the terminal for what takes longer than a second.
 *
 *     progress_start("converting %s", name);
 *     ...                                        any work, with no word to the user
 *     progress_end();
 *
 * Nothing is shown before a second has passed, or when standard error is not a terminal that can
 * erase a line. Then "pgo-build: converting default.pgo, 3 s" stands there, each second anew, and
 * is erased at the end. Only tools call it. One at a time: a start within another is passed over.
 * The thread that shows it blocks all signals.
 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <stdint.h>

#include "base/compiler.h"

void progress_start(const char *format, ...) PRINTF_LIKE(1, 2);
void progress_end(void);

/* How much of it is done: ", 43%" on that line from now on. Of any thread. */
void progress_part(uint64_t done, uint64_t whole);

#endif
