/*
 * perf_writer.h - writes perf.data files whose content is known exactly, in every form.
 *
 * `struct perf_writer writer = {.is_pipe = ...};`, perf_writer_event() for each event, then the
 * records in any order of time, perf_writer_finish(), perf_writer_release(). Samples have ip, pid,
 * time and id, and a branch stack where the event says so; other records end with pid, time, id.
 * Source of the format: lib/profile/perf_header.h and perf_record.h.
 */
#ifndef TESTS_TOOLS_PERF_WRITER_H
#define TESTS_TOOLS_PERF_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "profile/perf_record.h"

#define PERF_WRITER_EVENTS 4

enum perf_writer_compression { PERF_WRITER_PLAIN, PERF_WRITER_COMPRESSED, PERF_WRITER_COMPRESSED2 };

struct perf_writer_event {
    uint32_t type;
    uint64_t config;
    bool has_branches, has_branch_index, has_chain;
    const char *name;
};

struct perf_writer {
    bool is_pipe;
    bool is_swapped;   /* the other byte order */
    bool is_killed;    /* the header lacks the records' length, and there are no features */
    size_t attr_bytes; /* 0: 128 */
    enum perf_writer_compression compression;

    struct perf_writer_event events[PERF_WRITER_EVENTS];
    size_t event_count;
    struct strbuf records, build_ids;
};

uint32_t perf_writer_event(struct perf_writer *writer, struct perf_writer_event event);

/* build_id: hexadecimal, or NULL */
void perf_writer_map(struct perf_writer *writer, uint64_t time_ns, uint32_t pid, uint64_t start_ip,
                     uint64_t len, uint64_t pgoff, const char *file, const char *build_id);
void perf_writer_fork(struct perf_writer *writer, uint64_t time_ns, uint32_t pid,
                      uint32_t parent_pid);
void perf_writer_exec(struct perf_writer *writer, uint64_t time_ns, uint32_t pid);
void perf_writer_lost(struct perf_writer *writer, uint64_t time_ns, uint64_t count);
void perf_writer_round(struct perf_writer *writer); /* FINISHED_ROUND */

/* Branches newest first; callers without the ip itself. Either may be NULL with a count of 0. */
struct perf_writer_sample {
    uint64_t time_ns, ip;
    uint32_t pid, event;
    const struct perf_branch *branches;
    size_t branch_count;
    const uint64_t *callers;
    size_t caller_count;
};
void perf_writer_sample(struct perf_writer *writer, const struct perf_writer_sample *sample);

/* What perf found out at the end: the file's build id. */
void perf_writer_build_id(struct perf_writer *writer, const char *file, const char *build_id);

/* The whole file; strbuf_release() it. */
struct strbuf perf_writer_finish(struct perf_writer *writer);
void perf_writer_release(struct perf_writer *writer);

#endif
