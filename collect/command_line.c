#include "command_line.h"

#include <stdio.h>

enum command_line_result command_line_read(const struct command_line *line, void *options, int argc,
                                           char **argv, struct err *err)
{
    struct options parser = {
        .table = line->table, .count = line->count, .argc = argc, .argv = argv};
    const char *value;
    int id;

    while ((id = options_next(&parser, &value, err)) >= 0) {
        if (id == COMMAND_LINE_HELP) {
            line->show_help();
            return COMMAND_LINE_SHOWED;
        }
        if (id == COMMAND_LINE_VERSION) {
            printf("pgo-collect %s\n", PGO_VERSION);
            return COMMAND_LINE_SHOWED;
        }
        if (!line->set(options, id, value, err))
            return COMMAND_LINE_ERROR;
    }
    return id == OPTIONS_ERROR || !line->check(options, err) ? COMMAND_LINE_ERROR
                                                             : COMMAND_LINE_RUN;
}
