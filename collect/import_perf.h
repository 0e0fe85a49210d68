/*
 * import_perf.h - a perf.data file → a profile.
 *
 * What becomes of a sample of the chosen event (event_choice.h): it is in the profile, or is
 * counted as one within the kernel, of no process, within a virtual machine, or of a process that
 * was not asked for. Values are samples/count, and what the periods add up to: cpu/nanoseconds of
 * a clock, else a count of the event's name. Of several processes each has its labels comm and pid.
 */
#ifndef COLLECT_IMPORT_PERF_H
#define COLLECT_IMPORT_PERF_H

#include <stddef.h>

#include "base/err.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "binaries.h"
#include "import_options.h"
#include "profile/profile.h"

/* What an import has found; imported_release() it. */
struct imported {
    struct profile *profile; /* without names and lines */
    struct strbuf summary;   /* how many of what, and what is missing, for the user */
};

void imported_release(struct imported *imported);

/* The binaries are for unwind tables; a file that is mapped is dropped from memory on the way. */
MUST_CHECK bool import_perf(const struct file_map *map, const struct import_options *options,
                            struct binaries *binaries, struct imported *imported, struct err *err);

#endif
