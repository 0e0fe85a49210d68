/*
 * command_line.h - what the command lines of the subcommands have in common: the loop over the
 * words, --help and --version.
 */
#ifndef COLLECT_COMMAND_LINE_H
#define COLLECT_COMMAND_LINE_H

#include "base/err.h"
#include "base/options.h"

/* Ids that each table uses for these two; its own count from 0, and below 100. */
enum { COMMAND_LINE_HELP = 100, COMMAND_LINE_VERSION };

#define COMMAND_LINE_OPTIONS                                                                       \
    {"--help", OPTION_FLAG, NULL, "this text", COMMAND_LINE_HELP},                                 \
    {                                                                                              \
        "--version", OPTION_FLAG, NULL, "the version", COMMAND_LINE_VERSION                        \
    }

struct command_line {
    const struct option_spec *table;
    size_t count;
    void (*show_help)(void);
    /* One option, or OPTIONS_OPERAND; then all of them. ERR_USAGE. */
    bool (*set)(void *options, int id, const char *value, struct err *err);
    bool (*check)(const void *options, struct err *err);
};

enum command_line_result {
    COMMAND_LINE_RUN,
    COMMAND_LINE_SHOWED, /* --help or --version has been printed */
    COMMAND_LINE_ERROR,
};

enum command_line_result command_line_read(const struct command_line *line, void *options, int argc,
                                           char **argv, struct err *err);

#endif
