/*
 * cmake.h - what a command does with CMake, and trees that were configured without us.
 *
 * CMake reads the launcher's variables from the environment only at the first configure. A build
 * of a tree that does not know the launcher therefore configures it again first, with the
 * launcher in front of one that the project has set.
 */
#ifndef PGO_BUILD_CMAKE_H
#define PGO_BUILD_CMAKE_H

#include <stdbool.h>

#include "build.h"

/* Is it cmake's configure step (which reads CC and the launcher variables)? */
bool cmake_configures(char *const *command);

/*
 * The folder that the command builds in: of cmake --build DIR, of -C DIR, or here; free() it. The
 * one that a preset names is not looked up: such a tree must have been configured by pgo-build.
 */
char *cmake_scope(char *const *command);

/* Is that folder a CMake tree, and the command one that builds it? */
bool cmake_builds_tree(char *const *command, const char *scope);

/*
 * Makes sure that the tree runs our launcher. Trees of gcc are left alone, with a warning that
 * says how to change that. With -n it only says what it would do.
 */
MUST_CHECK bool cmake_adopt(const struct build *build, const char *tree, struct err *err);

#endif
