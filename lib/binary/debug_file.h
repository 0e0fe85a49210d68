/*
 * debug_file.h - where an executable's debug information is, if it is not in itself; and where an
 * executable is, of which only the build id is known.
 *
 * Looked for are, in this order:
 *     FOLDER/.build-id/ab/cdef.debug     of each folder given, then /usr/lib/debug
 *     the name in .gnu_debuglink         beside the binary, in .debug/ there, and in each folder,
 *                                        itself and below the binary's own folder; its checksum
 *                                        decides
 *     the servers of DEBUGINFOD_URLS     by libdebuginfod, if it is installed
 * Returned paths are the caller's to free(). `tried` gets where was looked, in words, for a
 * message. Source of the format: GDB's manual, "Debugging Information in Separate Files".
 */
#ifndef BINARY_DEBUG_FILE_H
#define BINARY_DEBUG_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "binary/image.h"

struct debug_places {
    const char *const *folders; /* borrowed */
    size_t folder_count;
    bool ask_servers;
};

/* NULL: not found. */
char *debug_file_find(const struct image *image, const struct debug_places *places,
                      struct strbuf *tried);

/* FOLDER/.build-id/ab/cdef of each folder, then the servers. NULL: not found. */
char *debug_file_find_executable(const char *build_id, const struct debug_places *places,
                                 struct strbuf *tried);

#endif
