/*
 * import_other.h - what else than perf.data is imported, and what is not.
 */
#ifndef COLLECT_IMPORT_OTHER_H
#define COLLECT_IMPORT_OTHER_H

#include "base/err.h"
#include "base/file.h"
#include "import_options.h"
#include "import_perf.h"

/* A CPU profile of gperftools: one process, one event, no build ids. */
MUST_CHECK bool import_gperftools(const struct file_map *map, const struct import_options *options,
                                  struct imported *imported, struct err *err);

/* Says what it is instead, and what to do with that. False. */
bool import_refuse(const struct file_map *map, struct err *err);

#endif
