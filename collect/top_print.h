/*
 * top_print.h - the rows of top.h as `go tool pprof -top` prints them.
 */
#ifndef COLLECT_TOP_PRINT_H
#define COLLECT_TOP_PRINT_H

#include "top.h"

/* To standard output; at most max_rows, 0: all that were kept. Colour if it is a terminal. */
void top_print(const struct top *top, const struct profile_value_type *type, size_t max_rows);

#endif
