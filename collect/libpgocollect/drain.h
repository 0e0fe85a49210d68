/*
 * drain.h - samples on their way out of all rings into the windows that are open.
 *
 * One of it, under the collector's lock: that is the caller's matter. Mappings are followed
 * here, and copies of stacks unwound.
 */
#ifndef LIBPGOCOLLECT_DRAIN_H
#define LIBPGOCOLLECT_DRAIN_H

#include <stdbool.h>

#include "code_map.h"
#include "collector.h"

struct unwind_rows;
struct window;

/* Rows for the handlers; from here the counts are from zero. */
struct unwind_rows *drain_open(void);

/* Takes what is in the rings, and frees the slots of threads that have ended. */
void drain_run(struct window *windows);

/* The loader has taken code away: handlers must not walk other code by its rows. */
void drain_forget_code(void);

/* What was counted since drain_open(), by the drain and by the handlers. */
struct collector_stats drain_read_stats(void);

const struct code_map *drain_code(void);

/* In a child after a fork; not whole: the parent was in the middle of a drain. */
void drain_reset(bool is_whole);

#endif
