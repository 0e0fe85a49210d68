/*
 * sites.h - the stacks that allocate, each with what it has allocated and freed.
 *
 * Any thread adds and reads, without a lock: a signal handler or the child of a fork finds nothing
 * held. Two threads that add one stack at the same moment may make two sites of it; the reader adds
 * them up. Memory is mapped at once and bounded; it has pages behind it where it is used. A stack
 * that finds no room is site 0, which has none of its own.
 */
#ifndef LIBPGOCOLLECT_HEAP_SITES_H
#define LIBPGOCOLLECT_HEAP_SITES_H

#include <stdbool.h>

#include "../heap_source.h"
#include "base/compiler.h"
#include "distance.h"

enum { SITES_IPS_MAX = 128 };

MUST_CHECK bool sites_open(void); /* once; false: no memory */

/* The site of this stack, made if it is new. */
uint32_t sites_find(const uintptr_t *ips, size_t count);

void sites_allocated(uint32_t site, const struct distance_weight *weight);
void sites_freed(uint32_t site, const struct distance_weight *weight);

/* As struct heap_source has it. */
bool sites_next(size_t *position, struct heap_site *site);

#endif
