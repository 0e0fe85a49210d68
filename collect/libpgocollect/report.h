/*
 * report.h - a window as a pprof: its samples, where their code lay, and what is to be known.
 *
 * report_take() under the collector's lock, the rest without it. Allocates through lib/base.
 */
#ifndef LIBPGOCOLLECT_REPORT_H
#define LIBPGOCOLLECT_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "collector.h"
#include "profile/address_space.h"

struct report {
    const struct window *window;
    bool is_signal_taken; /* the program has SIGPROF for itself */
    struct collector_stats stats;
    struct code_mapping *mappings; /* a copy; the texts are the code map's, and stay */
    size_t mapping_count;
};

void report_take_mappings(struct report *report);

/* Appends a gzipped pprof. */
void report_write(const struct report *report, struct strbuf *pprof);

void report_release(struct report *report);

#endif
