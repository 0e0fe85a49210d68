/*
 * file.h - whole files in and out.
 *
 * Reading is bounded; writing is atomic: a reader of the path sees the old content or the new one,
 * never half of it, and on failure nothing has changed. The path "-" is standard input or output,
 * and something that is not a regular file (a pipe, /dev/null) is written in place.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"

enum file_overwrite {
    FILE_KEEP, /* an existing file is an error */
    FILE_REPLACE,
    FILE_REPLACE_UNSYNCED, /* after a power cut it may be short: file_sync() before it is named */
};

/* Appends the content to `out`; more than max_bytes is ERR_LIMIT. */
MUST_CHECK bool file_read(const char *path, size_t max_bytes, struct strbuf *out, struct err *err);

/* The same from a descriptor, up to its end; `name` is for messages. */
MUST_CHECK bool file_read_fd(int fd, const char *name, size_t max_bytes, struct strbuf *out,
                             struct err *err);

/*
 * A regular file where the system holds it: for one that may be larger than memory. False for all
 * else, a pipe or a file that cannot be read: then file_read() reads it, or says why not.
 * file_unmap() it. The file must not be cut short meanwhile.
 */
struct file_map {
    const void *data;
    size_t len;
};
MUST_CHECK bool file_map(const char *path, struct file_map *map);
MUST_CHECK bool file_map_fd(int fd, struct file_map *map); /* the same; fd may be closed then */
void file_unmap(struct file_map *map);

/* What was read of it so far need not stay in memory; it comes again when it is looked at. */
void file_map_forget(const struct file_map *map);

MUST_CHECK bool file_write(const char *path, const void *data, size_t len,
                           enum file_overwrite overwrite, struct err *err);

/* Whatever was written on the file system of this folder is on its disk. */
MUST_CHECK bool file_sync(const char *folder, struct err *err);

/* All of `len` bytes to a descriptor, over short writes and EINTR. Sets errno on failure. */
MUST_CHECK bool file_write_fd(int fd, const void *data, size_t len);

/* The folder and all its parents; one that exists is fine. */
MUST_CHECK bool file_make_folders(const char *path, struct err *err);

bool file_exists(const char *path);

#endif
