/*
 * weighted.h - PROFILE@WEIGHT, as the tools take it on their command lines.
 *
 * "a.pprof@3" has a weight only if 3 is a number and no file of the whole name exists; else the
 * word is a file of weight 1.
 */
#ifndef PROFILE_WEIGHTED_H
#define PROFILE_WEIGHTED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* *path is the caller's to free(). ERR_USAGE: a number that is no weight. */
MUST_CHECK bool weighted_parse(const char *word, char **path, uint64_t *weight, struct err *err);

#endif
