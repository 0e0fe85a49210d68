/*
 * path.h - file names as text: nothing here asks the file system, but path_absolute() and
 * path_real().
 *
 * Returned strings are the caller's to free().
 */
#ifndef BASE_PATH_H
#define BASE_PATH_H

#include <stdbool.h>

/* The part after the last '/'; points into `path`. */
const char *path_base(const char *path);

char *path_folder(const char *path); /* "a/b.c" -> "a", "b.c" -> ".", "/b" -> "/" */

/* `name` seen from `folder`: joined unless `name` is absolute. */
char *path_join(const char *folder, const char *name);

/* Without "//", "." and, where that is possible, ".."; "" becomes ".". */
char *path_normalize(const char *path);

char *path_absolute(const char *path); /* normalized, from the current folder */
char *path_real(const char *path);     /* links resolved; NULL if there is no such file */

/* Is `path` the folder itself or below it? Both normalized. */
bool path_is_below(const char *path, const char *folder);

#endif
