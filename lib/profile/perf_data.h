/*
 * perf_data.h - a perf.data file: its events, and its records in the order of time.
 *
 * Life cycle: perf_data_open() on the bytes of a whole file, which must outlive it;
 * perf_data_next() until there is no more; perf_data_close().
 *
 * File form and pipe form, either byte order, attributes of any age, records compressed by zstd,
 * several events. Mappings get the build ids that the file knows and the kernel did not give.
 * Records of perf's own (types from 64 on) are consumed here. Others come as perf_record.h
 * describes them, also of types that are not listed there; the caller accounts for LOST.
 *
 * Order: by time where records have one, those of one time as they stand in the file. perf says
 * with FINISHED_ROUND up to where the order is settled; a file that never says so is sorted as a
 * whole. What waits is bounded: 64 bytes a record beside the file, and PERF_DATA_MAX_WAITING_BYTES
 * of what was decompressed; more is ERR_LIMIT.
 *
 * Errors are ERR_FORMAT with the offset in the file, also for a file that was cut short; but one
 * whose recording was killed, so that its header lacks the length, is read to its end.
 * Addresses are `ip`, times in nanoseconds of the recording's clock.
 * Source of the format: perf_header.h and perf_record.h.
 */
#ifndef PROFILE_PERF_DATA_H
#define PROFILE_PERF_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "profile/perf_record.h"

#define PERF_DATA_MAX_WAITING_BYTES ((size_t)1 << 30)

struct perf_data;

struct perf_data_event {
    uint32_t type;   /* PERF_TYPE_* */
    uint64_t config; /* which event of that type: PERF_COUNT_* */
    uint64_t period; /* between samples; with is_frequency: how many a second were asked for */
    bool is_frequency;
    struct perf_record_layout layout;
    const char *name; /* "cycles:u"; "" if neither the file nor perf_event.h has one */
};

/* Where it was recorded, "" where the file does not say. */
struct perf_data_origin {
    const char *machine;      /* "x86_64", as uname -m has it */
    const char *kernel;       /* its release */
    const char *perf_version; /* "6.1.187" */
};

enum perf_data_step {
    PERF_DATA_RECORD,
    PERF_DATA_END,
    PERF_DATA_ERROR,
};

/* Do the bytes begin as a perf.data file does? */
bool perf_data_is(const void *data, size_t len);

/*
 * Called each PERF_DATA_WATCH_BYTES that were looked at: the caller may have the bytes put out of
 * memory, as far as they come again when they are read. The pipe form is read twice.
 */
struct perf_data_watch {
    void (*looked_at)(void *context, size_t off); /* up to there, of this reading */
    void *context;
};

#define PERF_DATA_WATCH_BYTES ((size_t)16 << 20)

/* `watch` may be NULL, and must outlive it. NULL on failure: ERR_FORMAT, ERR_UNSUPPORTED. */
struct perf_data *perf_data_open(const void *bytes, size_t len, const struct perf_data_watch *watch,
                                 struct err *err) MUST_CHECK;
void perf_data_close(struct perf_data *data); /* NULL is fine */

const struct perf_data_origin *perf_data_origin(const struct perf_data *data);

/* All events of the file; a record's `event` is an index of them. */
const struct perf_data_event *perf_data_events(const struct perf_data *data, size_t *count);

/* The next record is good until the next call. */
MUST_CHECK enum perf_data_step perf_data_next(struct perf_data *data, struct perf_record *record,
                                              struct err *err);

#endif
