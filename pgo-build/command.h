/*
 * command.h - the user's command, run below the launcher.
 */
#ifndef PGO_BUILD_COMMAND_H
#define PGO_BUILD_COMMAND_H

#include "build.h"

/*
 * The command's words as they will be run: a compiler with a path ("/opt/llvm/bin/clang", also in
 * make's CC=...) would go past our folder on PATH, so it gets the launcher in front. The array
 * ends with NULL; array and strings are in the arena.
 */
char **command_words(const struct build *build, struct arena *arena);

/* Runs it to its end. *status is waitpid()'s. false: it could not be run, *code says how. */
MUST_CHECK bool command_run(const struct build *build, int *status, int *code, struct err *err);

/* A pgo-build below a pgo-build: the outer one's session holds, the command takes our place. */
bool command_is_nested(void);
int command_replace(char **command);

#endif
