/*
 * options.h - a tool's command line, from one table.
 *
 * The table is the one place where a flag is spelt: parsing and --help both read it. Names are
 * written as the user types them ("-o", "--count"). Accepted: `-o FILE`, `-oFILE`, `--name VALUE`,
 * `--name=VALUE`, `--` before operands; no abbreviations. A tool that allows one dash for long
 * names (pgo-build, as Go does) sets `single_dash`. A tool whose operands are a command sets
 * `stop_at_operand`, and everything from the first operand on is left in argv.
 *
 *     struct options options = {.table = table, .count = ARRAY_SIZE(table), .argc = argc, .argv =
 * argv}; while ((id = options_next(&options, &value, &err)) >= 0) switch (id) { case OPTION_OUTPUT:
 * ... case OPTIONS_OPERAND: ... } if (id == OPTIONS_ERROR) ...
 *
 * `value` points into argv. Errors are ERR_USAGE.
 */
#ifndef BASE_OPTIONS_H
#define BASE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"

enum option_kind {
    OPTION_FLAG,     /* takes nothing */
    OPTION_VALUE,    /* takes one argument */
    OPTION_OPTIONAL, /* `--top` or `--top=N` */
};

struct option_spec {
    const char *name;
    enum option_kind kind;
    const char *argument; /* what --help calls the argument: "FILE"; NULL for a flag */
    const char *help;     /* a line; '\n' continues it */
    int id;               /* what options_next() returns, 0 or more */
};

enum {
    OPTIONS_OPERAND = 10000, /* value is the operand */
    OPTIONS_END = -1,        /* argv[next...] are the rest, if stop_at_operand */
    OPTIONS_ERROR = -2,
};

struct options {
    const struct option_spec *table;
    size_t count;
    int argc;
    char **argv;
    int next; /* the index of the next word; 0 at first means 1: argv[0] is the tool's name */
    bool stop_at_operand;
    bool single_dash;
    bool only_operands; /* "--" was seen */
};

int options_next(struct options *options, const char **value, struct err *err);

/* Appends the table as the option list of --help, columns aligned. */
void options_describe(const struct option_spec *table, size_t count, struct strbuf *out);

#endif
