/*
 * folder.h - the continuous mode: a profile in a folder each interval, the oldest removed.
 *
 * A file is NAME.PID.TIME.pprof.gz, TIME in UTC with milliseconds. It appears whole or not at all.
 * An interval without samples writes none. Where the heap is sampled, NAME.PID.TIME.heap.gz.
 * Several processes may share the folder and its bound. What fails is said once, and tried again at
 * the next interval. The collector's thread alone calls this.
 */
#ifndef LIBPGOCOLLECT_FOLDER_H
#define LIBPGOCOLLECT_FOLDER_H

#include <stdint.h>

#include "base/err.h"
#include "settings.h"

struct folder;

/* While the collector runs. The folder is made if it is not there. */
struct folder *folder_open(const struct settings *settings, struct err *err);
void folder_close(struct folder *folder); /* without a file */

/* In a child after a fork: closes it, its window is gone already. */
void folder_forget(struct folder *folder);

/* Writes what was sampled since the last file. */
void folder_write(struct folder *folder);
void folder_write_if_due(struct folder *folder);

/* The oldest profiles of ours go until the rest is within the bound; `keep` is not one of them. */
void folder_prune(const char *dir, uint64_t bytes_max, const char *keep);

#endif
