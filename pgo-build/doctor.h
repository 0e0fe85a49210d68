/*
 * doctor.h - `pgo-build doctor`: is everything here that a PGO build and a recording need?
 *
 * A line a check on standard output: ok, warning (it works, but less well) or problem, and a hint
 * with what to install or change. Nothing is built; the profiles of the project are checked and
 * converted as a build would do it. Exit code 0 if a PGO build can work, 1 if there is a problem.
 */
#ifndef PGO_BUILD_DOCTOR_H
#define PGO_BUILD_DOCTOR_H

#include "build.h"

/* `build`: the options are read, else empty. */
int doctor_say(struct build *build);

#endif
