/*
 * dry_run.h - pgo-build -n: what would be run, on standard output.
 */
#ifndef PGO_BUILD_DRY_RUN_H
#define PGO_BUILD_DRY_RUN_H

#include "build.h"

void dry_run_print(const struct build *build);

#endif
