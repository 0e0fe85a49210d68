/*
 * pgo_collect.h - a continuous CPU profiler inside this program, for C and C++.
 *
 * Link with -lpgocollect (pkg-config: pgo-collect) and call pgo_collect_start(NULL), or change
 * nothing and set LD_PRELOAD=libpgocollect.so: either way the environment says what to do with the
 * profiles (libpgocollect(7) has the table). Each thread is sampled by its own CPU time.
 *
 *     pgo_collect_start(NULL);
 *     pgo_collect_label_set("endpoint", "/search");
 *     ...
 *     pgo_collect_label_clear("endpoint");
 *
 * Functions that can fail return 0 or a negative error number (-EINVAL, ...), and
 * pgo_collect_message() then tells the calling thread in words what went wrong. All may be called
 * from any thread, none from a signal handler. Nothing here ends the program.
 */
#ifndef PGO_COLLECT_H
#define PGO_COLLECT_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What is 0 or NULL has its default. Texts are copied. A newer library takes the struct of an older
 * header; an older library that of a newer one, as long as what it does not know is 0.
 */
struct pgo_collect_config {
    size_t size;                      /* sizeof(struct pgo_collect_config) */
    const char *dir;                  /* a profile in this folder each interval, and at the end */
    const char *http;                 /* 127.0.0.1:6060, unix:PATH: serve profiles and metrics */
    const char *push;                 /* http://HOST:PORT/...: send each interval's profile */
    unsigned hz;                      /* samples per second of CPU time of a thread; 100 */
    unsigned interval_seconds;        /* 60 */
    unsigned long long dir_max_bytes; /* the oldest profiles go when there is more; 256 MiB */
    unsigned long long heap_bytes;    /* between two samples of the heap profile; 512 KiB */
    unsigned show_arguments;          /* 1: of the program, in /debug/pprof/cmdline */
    unsigned reserved;                /* 0 */
};

/*
 * NULL: as the environment says, and 0 if that has started it already. Else with these settings
 * alone. -EALREADY: it runs already, started by the environment when the library was loaded
 * (PGO_COLLECT_HTTP and its like), or by another call: pgo_collect_stop() it first.
 */
int pgo_collect_start(const struct pgo_collect_config *config);

/* Writes what is left of the interval. Labels and trace ids are forgotten. Fine if not running. */
int pgo_collect_stop(void);

/*
 * Writes what was sampled since the start or the last snapshot, as gzipped pprof, to a file (which
 * is replaced in one step) or a descriptor. The folder's profiles have these samples as well.
 */
int pgo_collect_snapshot(const char *path);
int pgo_collect_snapshot_fd(int fd);

/*
 * Writes what is allocated now and was allocated since the start of the program, by stack, as
 * gzipped pprof. It needs libpgocollect_heap.so, preloaded beside this library or linked
 * (-lpgocollect_heap, pkg-config: pgo-collect-heap), and no start. -ENOTSUP: it is not there, or
 * cannot work beside the program's allocator.
 */
int pgo_collect_heap_snapshot(const char *path);
int pgo_collect_heap_snapshot_fd(int fd);

/*
 * Where the HTTP server listens, with the port that the system chose for port 0; "" if none does.
 * The text is the library's, and stays until pgo_collect_stop().
 */
const char *pgo_collect_http_address(void);

/*
 * The samples of this thread carry key=value from now on. At most 16 keys a thread; keys and values
 * of up to 128 bytes; at most 4096 different sets of labels a process (-ENOSPC): a label is for an
 * endpoint or a tenant, not for a request's number. "trace_id" is not for a key. Setting a set that
 * is known costs a look-up under a lock.
 */
int pgo_collect_label_set(const char *key, const char *value);
int pgo_collect_label_clear(const char *key); /* NULL: all of them */

/*
 * The samples of this thread carry this trace id (as in a traceparent header, 16 bytes) as label
 * "trace_id"; NULL: none any more. Costs two stores. Samples of many traces are many lines of a
 * profile.
 */
int pgo_collect_trace_set(const unsigned char id[16]);

/* Why the last call of this thread failed; "" if none did. */
const char *pgo_collect_message(void);

#ifdef __cplusplus
}
#endif

#endif
