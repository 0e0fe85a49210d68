/*
 * process_source.h - the unwind tables of the objects that are mapped in this process.
 *
 * Life cycle: process_source_new(), process_source_refresh() before each round of learning,
 * process_source_free(). All by one thread, which may wait for the dynamic loader's lock.
 * Tables are read by process_vm_readv() on ourselves: an object that is closed meanwhile is no
 * fault. Where that call is forbidden (seccomp) there are no tables, and code is unwound by frame
 * pointers.
 */
#ifndef LIBPGOCOLLECT_PROCESS_SOURCE_H
#define LIBPGOCOLLECT_PROCESS_SOURCE_H

#include "../eh_source.h"
#include "rows.h"

struct process_source;

struct process_source *process_source_new(void); /* NULL: no memory */
void process_source_free(struct process_source *process);

/* What the loader has added or taken away since; rows of places that changed are forgotten. */
void process_source_refresh(struct process_source *process, struct row_table *rows);

/*
 * Borrows `process`. An object is found by an ip in its executable segments, and read within all
 * of its segments, nowhere else. Executable memory of no object (JIT) is found without a table.
 */
struct eh_source process_source(struct process_source *process);

#endif
