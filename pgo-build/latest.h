/*
 * latest.h - what was last made of a recording in this place, so that the next one can keep of it.
 *
 * A recording in the place of another keeps the records of the text that was made of that one,
 * where the difference is chance (pgo-convert --refresh): so it rebuilds little. The state folder's
 * refresh/ has a file for each place, named by its path, with the path of the text. What a project
 * is built with then depends on what lay there before; who wants the same everywhere commits the
 * text.
 */
#ifndef PGO_BUILD_LATEST_H
#define PGO_BUILD_LATEST_H

#include "base/err.h"

/* The text's path; NULL: there is none. `state` may be NULL. free() it. */
char *latest_find(const char *state, const char *source);

MUST_CHECK bool latest_note(const char *state, const char *source, const char *text,
                            struct err *err);

#endif
