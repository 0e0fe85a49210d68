/*
 * import_file.h - the recording to import, in memory as far as it is looked at.
 *
 * A regular file is mapped. What comes through a pipe is first written to a file without a name,
 * in TMPDIR or /var/tmp, since a recording may be larger than memory and is read more than once;
 * meanwhile one Ctrl-C is for the program that writes the pipe, the next one ends us.
 * import_file_open(), import_file_close().
 */
#ifndef COLLECT_IMPORT_FILE_H
#define COLLECT_IMPORT_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/file.h"

struct import_file {
    struct file_map map;
    int64_t modified_ns; /* since 1970; 0: it came through a pipe */
};

/* "-" is standard input. ERR_USAGE: a terminal; ERR_IO, ERR_NOT_FOUND; ERR_FORMAT: it is empty. */
MUST_CHECK bool import_file_open(struct import_file *file, const char *path, struct err *err);
void import_file_close(struct import_file *file);

#endif
