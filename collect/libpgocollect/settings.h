/*
 * settings.h - what the environment or a struct pgo_collect_config asks for.
 *
 * One table in settings.c is the whole list; docs/man/libpgocollect.7 documents it, and a test
 * compares the two. Texts belong to the settings.
 */
#ifndef LIBPGOCOLLECT_SETTINGS_H
#define LIBPGOCOLLECT_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct pgo_collect_config;

struct settings {
    char *dir, *http, *push; /* NULL: not asked for */
    uint64_t hz, interval_s, dir_max_bytes, heap_bytes, command_line;
};

/* Looks a variable up, like getenv(). */
typedef const char *settings_lookup(const char *name);

/* ERR_USAGE: the name of the variable, its value and what is expected. */
MUST_CHECK bool settings_from_environment(struct settings *settings, settings_lookup *lookup,
                                          struct err *err);
MUST_CHECK bool settings_from_config(struct settings *settings,
                                     const struct pgo_collect_config *config, struct err *err);

/* Does anything ask for profiles without a line of code? */
bool settings_ask_for_output(const struct settings *settings);

/* The names of all variables, in order; NULL at the end. */
const char *settings_name(unsigned index);

void settings_release(struct settings *settings);

#endif
