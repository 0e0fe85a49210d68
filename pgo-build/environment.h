/*
 * environment.h - how the command finds the launcher: PATH, CC, CXX, and CMake's variables.
 *
 * A compiler that the user named in CC or CXX is kept, behind the launcher; cc and c++ count as
 * not named. CMake's configure step gets the launcher by CMake's own variables, too, since it looks
 * up the path of the compiler that CC names; the launcher sees itself behind itself and runs once.
 */
#ifndef PGO_BUILD_ENVIRONMENT_H
#define PGO_BUILD_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/memory.h"
#include "state.h"
#include "toolchain.h"

struct environment_variable {
    const char *name, *value;
};

struct environment {
    struct arena arena;
    struct environment_variable *items;
    size_t count, capacity;
    bool configures; /* for cmake's configure step */
};

/* Works the variables out from the present environment; changes nothing yet. */
void environment_plan(struct environment *environment, const struct state *state,
                      const struct toolchain *toolchain, bool configures_cmake);
void environment_apply(const struct environment *environment);
void environment_release(struct environment *environment);

/* May the path stand in CC? make and the shell would cut or change others. */
bool environment_is_plain(const char *path);

/* Does CC, CXX or a CC=... word of the command name a compiler other than cc and c++? */
bool environment_names_compiler(char *const *command);

#endif
