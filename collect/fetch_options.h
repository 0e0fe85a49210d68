/*
 * fetch_options.h - the command line of `pgo-collect fetch`.
 */
#ifndef COLLECT_FETCH_OPTIONS_H
#define COLLECT_FETCH_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "command_line.h"
#include "gate.h"

struct fetch_options {
    const char **urls; /* this and `headers` are freed by fetch_options_release(); texts of argv */
    size_t url_count, url_capacity;
    const char **headers; /* "Name: value" */
    size_t header_count, header_capacity;
    uint64_t seconds; /* 0: not said */
    uint64_t timeout_s, max_bytes, max_retries;
    const char *bearer_file, *user_file, *cacert, *cert, *key, *unix_socket; /* NULL: not said */
    const char *query, *from, *to;                                           /* likewise */
    struct gate gate;
    const char *output;
    bool force, strict;
};

/* The error is ERR_USAGE. fetch_options_release() in each case. */
enum command_line_result fetch_options_read(struct fetch_options *options, int argc, char **argv,
                                            struct err *err);
void fetch_options_release(struct fetch_options *options);

#endif
