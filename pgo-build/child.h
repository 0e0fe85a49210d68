/*
 * child.h - runs a program as if it stood in our place.
 *
 * The child shares terminal, process group and descriptors (make's job server works). While we
 * wait, SIGINT and SIGQUIT are left to it, SIGTERM and SIGHUP are passed on. Afterwards
 * child_end_like() gives this process the same end: the exit code, or death by the same signal.
 * One child at a time.
 */
#ifndef PGO_BUILD_CHILD_H
#define PGO_BUILD_CHILD_H

#include <sys/types.h>

#include "base/err.h"

enum { CHILD_FAILED = 125, CHILD_NOT_EXECUTABLE = 126, CHILD_NOT_FOUND = 127 };

/* Standard error goes to `errors_fd` unless that is -1. `path` is not looked for on PATH. */
MUST_CHECK bool child_start(const char *path, char *const *argv, int errors_fd, struct err *err);

int child_wait(void); /* waitpid()'s status */

/* Dies by the child's signal, or returns its exit code. */
int child_end_like(int status);

/* The exit code for a failed child_start(). */
int child_start_code(const struct err *err);

#endif
