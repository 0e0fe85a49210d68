/*
 * perf_script.h - the text that `perf script` prints of samples with call chains.
 *
 *     server 4242/4243 [001] 22375.292639:    1001001 cpu-clock:u:
 *     \t           12e84 find+0x1c (/usr/bin/server)
 *     \t            11af main+0x2f (/usr/bin/server)
 *
 * The head has the name of the thread, pid or pid/tid, and perhaps the CPU, the time and the period
 * before the event. A frame's address is printed as an offset in the file by newer perf, as an ip
 * by older ones and where there is no call chain: the text does not say which. Frames that were
 * inlined (no file but "inlined") are passed over. Lines of another form are counted.
 * Source: Linux, tools/perf/Documentation/perf-script.txt; tools/perf/builtin-script.c.
 *
 * Life cycle: `struct perf_script script = {.next = text, .end = text + len};`, perf_script_next()
 * until it returns false, perf_script_release(). Nothing fails; any bytes may come.
 */
#ifndef PROFILE_PERF_SCRIPT_H
#define PROFILE_PERF_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

struct perf_script_frame {
    uint64_t ip;        /* or an offset, see above */
    const char *symbol; /* without what was added to it; "" if not known */
    const char *file;   /* "[kernel.kallsyms]", "[unknown]", a path */
};

struct perf_script_sample {
    const char *comm, *event; /* the event may be "" */
    uint32_t pid, tid;
    uint64_t time_ns, period;               /* 0: not printed */
    const struct perf_script_frame *frames; /* leaf first */
    size_t frame_count;
};

/* A frame whose texts lie at these offsets of `texts`. */
struct perf_script_place {
    uint64_t ip;
    size_t symbol_off, file_off;
};

struct perf_script {
    const char *next, *end; /* borrowed */
    uint64_t unknown_lines;
    struct strbuf head, line; /* the sample at hand */
    struct strbuf texts;
    struct perf_script_place *places;
    size_t place_count, place_capacity;
    struct perf_script_frame *frames;
    size_t frame_count, frame_capacity;
};

/* Is there a sample with a frame within its first lines? */
bool perf_script_is(const void *data, size_t len);

/* The sample is good until the next call. */
bool perf_script_next(struct perf_script *script, struct perf_script_sample *sample);
void perf_script_release(struct perf_script *script);

#endif
