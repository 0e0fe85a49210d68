/*
 * status.h - `pgo-build status BINARY...`: which profile a program was built with (note.h), and
 * how that compares with the one of the project here.
 *
 * On standard output. Exit code 0 if all of them name a profile, else 1.
 */
#ifndef PGO_BUILD_STATUS_H
#define PGO_BUILD_STATUS_H

int status_say(char *const *binaries); /* ends with NULL */

#endif
