/*
 * import_script.h - the text of perf script → a profile.
 *
 * The text has names, and of newer perf offsets in the files. A file that is found here by its path
 * or --binary is believed if its symbols are those of the text, by a majority of the frames: then
 * its frames have addresses, and get lines. Else they have the text's names alone.
 */
#ifndef COLLECT_IMPORT_SCRIPT_H
#define COLLECT_IMPORT_SCRIPT_H

#include "base/err.h"
#include "base/file.h"
#include "binaries.h"
#include "import_options.h"
#include "import_perf.h"

MUST_CHECK bool import_script(const struct file_map *map, const struct import_options *options,
                              struct binaries *binaries, struct imported *imported,
                              struct err *err);

#endif
