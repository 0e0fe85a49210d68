/*
 * input.h - the profiles that merge and show read: pprof, and gperftools' CPU profile, told by
 * content.
 *
 * What is neither is an error that says what it is, with what to do. "-" is standard input.
 */
#ifndef COLLECT_INPUT_H
#define COLLECT_INPUT_H

#include "base/err.h"
#include "profile/profile.h"

/* Of bytes; NULL on failure. */
struct profile *input_parse(const void *data, size_t len, struct err *err) MUST_CHECK;

/* NULL on failure; the message names the file. */
struct profile *input_read(const char *path, struct err *err) MUST_CHECK;

#endif
