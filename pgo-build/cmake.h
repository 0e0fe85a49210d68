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
 * The folder of the CMake tree that the command builds (cmake --build DIR, make or ninja with or
 * without -C), if there is one; free() it.
 */
char *cmake_tree(char *const *command);

/*
 * Makes sure that the tree runs our launcher. Trees of gcc are left alone, with a warning that
 * says how to change that. With -n it only says what it would do.
 */
MUST_CHECK bool cmake_adopt(const struct build *build, const char *tree, struct err *err);

#endif
