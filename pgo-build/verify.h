/*
 * verify.h - pgo-build verify COMMAND: do slices give the objects that the whole profile gives?
 *
 * The command runs twice, each time below a pgo-build of its own, with all known results set to be
 * rebuilt: once with the whole profile for each file, then with slices, and so the tree is left.
 * What both have written is compared, section by section (elf_object.h). A file with a static
 * function that another file has too, by name, is listed apart: its slice has its own record.
 */
#ifndef PGO_BUILD_VERIFY_H
#define PGO_BUILD_VERIFY_H

#include "build.h"

/*
 * Prints what differs, and a line of numbers, to standard output. Returns the exit code: 0 all the
 * same, 1 some differ; else the command's, and 125 if nothing could be compared.
 */
int verify_run(const struct build *build);

#endif
