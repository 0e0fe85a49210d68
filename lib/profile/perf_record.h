/*
 * perf_record.h - one record of the kernel's perf event stream, decoded from its bytes.
 *
 * The same bytes come from a ring buffer of perf_event_open() and from the data section of a
 * perf.data file (perf_data.h). Source of the format: linux/perf_event.h, enum perf_event_type.
 *
 * Nothing is allocated: `name`, `chain`, `branches`, `registers` and `stack` point into the bytes
 * given and are good as long as those. Addresses are `ip`: run time, in the address space of `pid`.
 * Times are in nanoseconds of the clock that the event was opened with; 0 where the record carries
 * none.
 *
 * Of a sample, everything up to the copy of the user's stack is decoded; what may follow it
 * (weight, data source, ...) is neither read nor checked.
 */
#ifndef PROFILE_PERF_RECORD_H
#define PROFILE_PERF_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/err.h"

#define PERF_RECORD_BUILD_ID_BYTES 20
#define PERF_RECORD_MAX_BYTES      65535 /* the size in the header has 16 bits */

/* What perf_event_attr said, and without which a record cannot be read. */
struct perf_record_layout {
    uint64_t sample_type;        /* PERF_SAMPLE_* */
    uint64_t read_format;        /* PERF_FORMAT_* */
    uint64_t branch_sample_type; /* PERF_SAMPLE_BRANCH_* */
    uint64_t sample_regs_user;   /* which registers: bits by PERF_REG_* of the machine */
    bool sample_id_all;          /* records other than samples end with pid, tid, time, ... */
    bool is_swapped;             /* written by a machine of the other byte order */
};

struct perf_record_sample {
    uint64_t ip, period;
    const unsigned char *chain; /* see perf_record_caller() */
    size_t chain_count;
    const unsigned char *branches; /* see perf_record_branch() */
    size_t branch_count;
    const unsigned char *registers; /* perf_record_register(); NULL: none, or of 32 bits */
    uint64_t register_mask;         /* which they are: sample_regs_user */
    const unsigned char *stack;     /* copied from the stack pointer up; NULL: none */
    size_t stack_bytes;
};

struct perf_record_map {
    uint64_t start_ip, limit_ip; /* [start, limit) */
    uint64_t pgoff;              /* offset in the file of start_ip */
    const char *name;            /* a path, or "[vdso]", "//anon", ... */
    unsigned char build_id[PERF_RECORD_BUILD_ID_BYTES];
    size_t build_id_len; /* 0: the kernel did not say */
    bool is_data;        /* not executable */
};

struct perf_record_task {
    uint32_t parent_pid, parent_tid;
};

struct perf_record {
    uint32_t type; /* PERF_RECORD_*; one that is not listed here has only pid, tid and time_ns */
    uint16_t misc; /* PERF_RECORD_MISC_* */
    bool is_swapped;
    size_t size_bytes;
    uint32_t event; /* its index in a perf.data file (perf_data.h); 0 from elsewhere */
    uint32_t pid, tid;
    uint64_t time_ns;
    union {
        struct perf_record_sample sample; /* SAMPLE */
        struct perf_record_map map;       /* MMAP, MMAP2 */
        struct perf_record_task task;     /* FORK, EXIT */
        const char *name;                 /* COMM: the thread's new name */
        uint64_t lost;                    /* LOST: records; LOST_SAMPLES: samples */
    };
};

/*
 * The record at the start of `data`; its length is then in size_bytes. ERR_FORMAT when the bytes
 * end within it or a field lies outside it.
 */
MUST_CHECK bool perf_record_read(const void *data, size_t len,
                                 const struct perf_record_layout *layout,
                                 struct perf_record *record, struct err *err);

/*
 * Entry `index` of the call chain, as the kernel wrote it: context markers (PERF_CONTEXT_*, all
 * at or above PERF_CONTEXT_MAX) in between, the sampled ip first, then return addresses.
 */
uint64_t perf_record_caller(const struct perf_record *record, size_t index);

/* Entry `index` of the branch stack, 0 the newest: a branch that was taken. */
struct perf_branch {
    uint64_t from_ip; /* of the branch instruction */
    uint64_t to_ip;   /* of the instruction that ran next */
};
struct perf_branch perf_record_branch(const struct perf_record *record, size_t index);

/* Register `index` of those that register_mask has, the lowest bit first. */
uint64_t perf_record_register(const struct perf_record *record, size_t index);

#endif
