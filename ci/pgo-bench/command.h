/*
 * command.h - a command from the command line, split into words and found.
 *
 * No shell is involved. Words are separated by blanks; '...' is literal; "..." keeps blanks and
 * knows \" \\ \$ \`; a backslash outside quotes takes the next character as it is. An unquoted
 * character that only a shell understands (a pipe, a redirection, a variable, a pattern) is an
 * error, so that it cannot reach the program by mistake: whoever needs a shell writes
 * sh -c '...'.
 *
 * A command owns its words; label and text are borrowed and stay with it. `struct command c =
 * {0};` is an empty one.
 */
#ifndef BENCH_COMMAND_H
#define BENCH_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct command {
    const char *label; /* "base" or "test", for messages */
    const char *text;  /* as the user wrote it */
    char **words;      /* argv, ends with NULL */
    size_t word_count, word_capacity;
    char *program; /* words[0], found on PATH */
};

/* ERR_USAGE if it cannot be split, ERR_NOT_FOUND if there is no such program. */
MUST_CHECK bool command_init(struct command *command, const char *label, const char *text,
                             struct err *err);

/* A sentence that says in what the two are the same, though they should not be; NULL: they differ.
 */
const char *command_same(const struct command *a, const struct command *b);

void command_release(struct command *command);

#endif
