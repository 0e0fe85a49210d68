/*
 * probes.h - -probes=auto|on|off: who gets -fpseudo-probe-for-profiling.
 *
 * With that flag clang numbers the blocks of each function before it optimizes. A profile by
 * probe is of use only to compiles with the flag, and the program that comes out of them gives a
 * profile by probe again. A profile by line is worth less there, because the flag takes the place
 * of DWARF's base discriminators. So a compile with a profile follows the profile's kind; what
 * one without a profile gets under auto is PROBES_AUTO_READY.
 */
#ifndef PGO_BUILD_PROBES_H
#define PGO_BUILD_PROBES_H

#include <stdbool.h>

enum probes_mode { PROBES_AUTO, PROBES_ON, PROBES_OFF };

/*
 * Is a build that is ready to be profiled one by probe? On RE2 they pay, on SQLite and libxml2 they
 * do not, and they cost 1 to 4% in the profiled build and reproducible objects (docs/bench.md).
 */
enum { PROBES_AUTO_READY = false };

const char *probes_mode_name(enum probes_mode mode); /* "auto" */
bool probes_mode_parse(const char *name, enum probes_mode *mode);

#endif
