#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"
#include "base/process.h"
#include "base/talk.h"
#include "child.h"
#include "compiler.h"

static bool is_make(const char *word)
{
    const char *name = path_base(word);

    return strcmp(name, "make") == 0 || strcmp(name, "gmake") == 0;
}

/*
 * CC=/opt/llvm/bin/clang -> CC=BIN/pgo-launch /opt/llvm/bin/clang. Where make and the shell would
 * cut BIN in pieces, the launcher's name must do: BIN is the first folder on PATH.
 */
static char *redirect_variable(const struct build *build, char *word, struct arena *arena)
{
    const char *value = strchr(word, '='), *bin = build->state.bin;
    bool plain = environment_is_plain(bin);

    if ((strncmp(word, "CC=", 3) != 0 && strncmp(word, "CXX=", 4) != 0) || value[1] != '/' ||
        path_is_below(value + 1, bin))
        return word;
    return arena_format(arena, "%.*s%s%spgo-launch %s", (int)(value + 1 - word), word,
                        plain ? bin : "", plain ? "/" : "", value + 1);
}

char **command_words(const struct build *build, struct arena *arena)
{
    char **command = build->options.command;
    size_t count = 0, out = 0;
    char **words;

    while (command[count])
        count++;
    words = arena_array(arena, count + 2, sizeof(*words));
    if (strchr(command[0], '/') && compiler_is_name(path_base(command[0])) &&
        file_exists(command[0]))
        words[out++] = arena_format(arena, "%s/pgo-launch", build->state.bin);
    words[out++] = command[0];
    for (size_t i = 1; i < count; i++)
        words[out++] =
            is_make(command[0]) ? redirect_variable(build, command[i], arena) : command[i];
    return words;
}

/* The program's path; NULL with the exit code that a shell would give. */
static char *find(const char *word, int *code, struct err *err)
{
    char *program = process_find(word, NULL, NULL);

    if (program)
        return program;
    if (strchr(word, '/') && file_exists(word)) {
        *code = CHILD_NOT_EXECUTABLE;
        err_set(err, ERR_IO, "%s: is not an executable file", word);
    } else {
        *code = CHILD_NOT_FOUND;
        err_set(err, ERR_NOT_FOUND, "%s: command not found", word);
    }
    return NULL;
}

bool command_run(const struct build *build, int *status, int *code, struct err *err)
{
    struct arena arena = {0};
    char **words = command_words(build, &arena);
    bool started = false;
    char *program;

    environment_apply(&build->environment);
    program = find(words[0], code, err);
    if (program) {
        started = child_start(program, words, -1, err);
        if (started)
            *status = child_wait();
        else
            *code = child_start_code(err);
    }
    free(program);
    arena_release(&arena);
    return started;
}

bool command_is_nested(void)
{
    const char *state = getenv(SESSION_VARIABLE);

    return state && *state && session_is_live(state);
}

int command_replace(char **command)
{
    struct err err = {0};
    int code = CHILD_NOT_FOUND;
    char *program = find(command[0], &code, &err);

    if (program) {
        execv(program, command);
        code = errno == ENOENT ? CHILD_NOT_FOUND : CHILD_NOT_EXECUTABLE;
        err_errno(&err, command[0], "cannot run");
        free(program);
    }
    talk_error(&err);
    return code;
}
