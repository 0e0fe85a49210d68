/*
 * metrics_process.h - what the system knows of this process: time, memory, files, threads; and
 * which build it is.
 *
 * The names of the first are those of Prometheus' own client libraries. malloc's totals are glibc's
 * (mallinfo2(3)): with another allocator they are of what little goes to glibc.
 * Source of the numbers: proc(5).
 */
#ifndef LIBPGOCOLLECT_METRICS_PROCESS_H
#define LIBPGOCOLLECT_METRICS_PROCESS_H

#include "metrics_text.h"

void metrics_write_process(struct metrics_text *text);

/* pgo_build_info: our version, the program's build id, the profile that pgo-build noted in it. */
void metrics_write_build(struct metrics_text *text);

#endif
