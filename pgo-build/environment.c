#include "environment.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"

static void add(struct environment *environment, const char *name, const char *value)
{
    *ARRAY_PUSH(environment->items, environment->count, environment->capacity) =
        (struct environment_variable){name, value};
}

/* Is the value a compiler that the user chose? "cc", "c++" and nothing are not. */
static bool is_named(const char *value, const char *unnamed)
{
    return value && *value && strcmp(value, unnamed) != 0;
}

bool environment_is_plain(const char *path)
{
    return path[strcspn(path, " \t\"'$`\\#;&|<>()*?[]!~")] == '\0';
}

/* "gcc -m32" -> BIN/gcc -m32; "/opt/clang -m32" -> BIN/pgo-launch /opt/clang -m32. */
static const char *launch_named(struct environment *environment, const struct state *state,
                                const char *value)
{
    size_t len = strcspn(value, " \t");

    if (!environment_is_plain(state->bin) || path_is_below(value, state->bin))
        return value;
    if (memchr(value, '/', len))
        return arena_format(&environment->arena, "%s/pgo-launch %s", state->bin, value);
    return value; /* a bare name is found in our folder, the first on PATH */
}

static void plan_compiler(struct environment *environment, const struct state *state,
                          const char *name, const char *unnamed, const char *chosen)
{
    const char *value = getenv(name);

    if (is_named(value, unnamed))
        add(environment, name, launch_named(environment, state, value));
    else if (chosen && environment_is_plain(state->bin))
        add(environment, name, arena_format(&environment->arena, "%s/%s", state->bin, chosen));
    else if (chosen)
        add(environment, name, chosen);
}

static void plan_cmake(struct environment *environment, const struct state *state,
                       const struct toolchain *toolchain)
{
    static const char *const variables[] = {"CMAKE_C_COMPILER_LAUNCHER",
                                            "CMAKE_CXX_COMPILER_LAUNCHER",
                                            "CMAKE_C_LINKER_LAUNCHER", "CMAKE_CXX_LINKER_LAUNCHER"};
    const char *launcher = arena_format(&environment->arena, "%s/pgo-launch", state->bin);

    for (size_t i = 0; i < ARRAY_SIZE(variables); i++) {
        const char *present = getenv(variables[i]);

        add(environment, variables[i],
            present && *present ? arena_format(&environment->arena, "%s;%s", launcher, present)
                                : launcher);
    }
    /* a compiler of ours also below a launcher that the project sets itself, in place of this one
     */
    if (!is_named(getenv("CC"), "cc"))
        plan_compiler(environment, state, "CC", "cc", toolchain->cc_name);
    if (!is_named(getenv("CXX"), "c++"))
        plan_compiler(environment, state, "CXX", "c++",
                      toolchain->cxx ? toolchain->cxx_name : NULL);
}

void environment_plan(struct environment *environment, const struct state *state,
                      const struct toolchain *toolchain, bool configures_cmake)
{
    environment->configures = configures_cmake;
    add(environment, "PATH",
        arena_format(&environment->arena, "%s%s%s", state->bin, *toolchain->path ? ":" : "",
                     toolchain->path));
    add(environment, SESSION_VARIABLE, arena_strdup(&environment->arena, state->folder));
    if (configures_cmake) {
        plan_cmake(environment, state, toolchain);
        return;
    }
    plan_compiler(environment, state, "CC", "cc", toolchain->cc_name);
    plan_compiler(environment, state, "CXX", "c++", toolchain->cxx ? toolchain->cxx_name : NULL);
}

void environment_apply(const struct environment *environment)
{
    for (size_t i = 0; i < environment->count; i++)
        setenv(environment->items[i].name, environment->items[i].value, 1);
}

void environment_release(struct environment *environment)
{
    free(environment->items);
    arena_release(&environment->arena);
    *environment = (struct environment){0};
}

bool environment_names_compiler(char *const *command)
{
    if (is_named(getenv("CC"), "cc") || is_named(getenv("CXX"), "c++"))
        return true;
    for (size_t i = 0; command[i]; i++)
        if (strncmp(command[i], "CC=", 3) == 0 || strncmp(command[i], "CXX=", 4) == 0)
            return true;
    return false;
}
