/*
 * labels.h - --label: of a pprof's samples, those of one kind of work.
 *
 * Continuous profilers label samples: endpoint, tenant, job. A wanted label is "KEY=VALUE"; a
 * number is compared as it is written in decimal.
 */
#ifndef PROFILE_LABELS_H
#define PROFILE_LABELS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "profile/profile.h"

/* Is this a wanted label? ERR_USAGE if not. */
MUST_CHECK bool labels_check(const char *word, struct err *err);

/* Appends "KEY=VALUE", which as a wanted label finds this one. */
void labels_format(const struct profile_label *label, struct strbuf *out);

/* Drops the samples that lack one of the labels; returns how many stacks were dropped. */
size_t labels_keep(struct profile *profile, const char *const *labels, size_t count);

#endif
