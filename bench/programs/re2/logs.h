/*
 * logs: lines of log files as servers write them: accesses, key=value pairs, plain text.
 */
#ifndef BENCH_PROGRAMS_RE2_LOGS_H
#define BENCH_PROGRAMS_RE2_LOGS_H

#ifdef __cplusplus
extern "C" {
#endif

#include "text.h"

/* Adds one line, without a line feed; the same dice give the same lines. */
void logs_add_line(struct text *text, struct dice *dice);

#ifdef __cplusplus
}
#endif

#endif
