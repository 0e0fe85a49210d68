/*
 * perf_header.h - what a perf.data file says of itself: events, their ids, build ids, where the
 * records are.
 *
 * Only for perf_data.c. perf_header_read() fills a zeroed struct from the whole file; release it
 * also after a failure. Texts are borrowed from the file's bytes.
 *
 * The file form has a table of sections; the pipe form (`perf record -o -`) has records of types
 * of perf's own among the others, which are all looked for here, so that the events and build ids
 * are complete before the first sample.
 * Source of the format: Linux, tools/perf/Documentation/perf.data-file-format.txt and
 * tools/lib/perf/include/perf/event.h. Features beside those of perf_feature.h are passed over.
 */
#ifndef PROFILE_PERF_HEADER_H
#define PROFILE_PERF_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/byteset.h"
#include "base/err.h"
#include "profile/perf_data.h"
#include "profile/perf_record.h"

/* Types of records that perf itself writes among those of the kernel. */
enum {
    PERF_HEADER_FIRST_TYPE = 64,
    PERF_HEADER_ATTR = 64,
    PERF_HEADER_TRACING_DATA = 66, /* followed by data that its size does not count */
    PERF_HEADER_BUILD_ID = 67,
    PERF_HEADER_FINISHED_ROUND = 68,
    PERF_HEADER_AUXTRACE = 71, /* followed by data that its size does not count */
    PERF_HEADER_FEATURE = 80,
    PERF_HEADER_COMPRESSED = 81,
    PERF_HEADER_COMPRESSED2 = 83,
};

struct perf_header_id { /* of a counter, as samples carry it */
    uint64_t id;
    uint32_t event;
};

struct perf_header_build_id {
    unsigned char bytes[PERF_RECORD_BUILD_ID_BYTES];
    size_t len;
};

struct perf_header {
    const struct perf_data_watch *watch; /* set by the caller; may be NULL */
    bool is_swapped, is_pipe;
    size_t records_off, records_len; /* in bytes of the file */
    bool is_cut;                     /* there should be more records than there are */
    struct perf_data_origin origin;
    struct perf_data_event *events;
    size_t event_count, event_capacity;
    struct perf_header_id *ids; /* sorted */
    size_t id_count, id_capacity;
    struct byteset files; /* whose build ids are known, by id: */
    struct perf_header_build_id *build_ids;
    size_t build_id_count, build_id_capacity;
};

MUST_CHECK bool perf_header_read(struct perf_header *header, const void *data, size_t len,
                                 struct err *err);
void perf_header_release(struct perf_header *header);

/*
 * The bytes from the start of this record to that of the next, more than its size where data
 * follows it; 0 if they are not all there.
 */
size_t perf_header_span(const void *record, size_t len, bool is_swapped);

/* The event of that id, or false. */
bool perf_header_find_event(const struct perf_header *header, uint64_t id, uint32_t *event);

#endif
