/*
 * perf_feature.h - the features of a perf.data file that matter here: build ids, event names, where
 * it was recorded.
 *
 * Only for perf_header.c. The same bytes are a section of the file form and a record of the pipe
 * form. Nothing here fails: a feature that is damaged is no reason to refuse the samples.
 */
#ifndef PROFILE_PERF_FEATURE_H
#define PROFILE_PERF_FEATURE_H

#include <stdint.h>

#include "profile/perf_cursor.h"
#include "profile/perf_header.h"

/* A feature that is none of these is passed over. */
void perf_feature_read(struct perf_header *header, uint64_t feature, struct perf_cursor bytes);

/* A build id's record, after its header, whose `misc` says how to read it. */
void perf_feature_add_build_id(struct perf_header *header, struct perf_cursor record,
                               uint16_t misc);

#endif
