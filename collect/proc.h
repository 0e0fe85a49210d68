/*
 * proc.h - what /proc tells about a process that runs already: its threads and its code.
 *
 * It may end while we look: then there is less to see, which is no error here.
 */
#ifndef COLLECT_PROC_H
#define COLLECT_PROC_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "trace.h"

/* The ids of its threads; free() them. NULL if there is no such process. */
int *proc_threads(pid_t pid, size_t *count);

/* The ids of all processes; free() them. */
int *proc_list(size_t *count);

/* Tells the trace of the executable mappings. */
void proc_map(pid_t pid, struct trace *trace);

/* The name of the program, without its folder; it is not the command line. */
char *proc_program(pid_t pid); /* "" when not known; free() it */

#endif
