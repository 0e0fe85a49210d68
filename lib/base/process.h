/*
 * process.h - programs: where they are, and running one to its end with its output captured.
 *
 * No shell is involved: argv goes to execve as it is. argv arrays end with NULL.
 */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"

/*
 * The first executable file of that name in the folders of `path` (PATH's syntax; NULL: the
 * environment's), not looking into the folder `but_not` (NULL: all). NULL if there is none;
 * free() it. A name with a slash is taken as it is.
 */
char *process_find(const char *name, const char *path, const char *but_not);

struct process_result {
    int exit_code; /* or 128 + the signal's number */
    struct strbuf output, errors;
};

/*
 * Runs argv[0] (an absolute path, or found on PATH) with `input` on standard input. Standard
 * output and error are appended to the result up to max_output_bytes in all (beyond: ERR_LIMIT).
 * Fails only if the program could not be run; look at exit_code for its own verdict.
 */
MUST_CHECK bool process_run(const char *const *argv, const void *input, size_t input_len,
                            size_t max_output_bytes, struct process_result *result,
                            struct err *err);
void process_result_release(struct process_result *result);

#endif
