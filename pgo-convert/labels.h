/*
 * labels.h - --label: of a pprof's samples, those of one kind of work.
 *
 * Continuous profilers label samples: endpoint, tenant, job. A wanted label is "KEY=VALUE"; a
 * number is compared as it is written in decimal.
 */
#ifndef PGO_CONVERT_LABELS_H
#define PGO_CONVERT_LABELS_H

#include <stddef.h>

#include "profile/profile.h"

/* Drops the samples that lack one of the labels; returns how many stacks were dropped. */
size_t labels_keep(struct profile *profile, const char *const *labels, size_t count);

#endif
