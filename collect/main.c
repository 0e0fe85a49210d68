/* pgo-collect: a CPU profile of a running program, as pprof. Each subcommand is a file. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/talk.h"
#include "command.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    {"record", command_record, "sample a command or a running process"},
    {"import", command_import, "a profile of a recording by perf"},
    {"fetch", command_fetch, "get profiles from services, Pyroscope or Parca"},
    {"merge", command_merge, "add profiles up"},
    {"show", command_show, "where the time goes, by function"},
};

static int show_help(void)
{
    printf("usage: pgo-collect COMMAND [OPTION]...\n\n"
           "Makes a CPU profile of a program in use: default.pgo, which pgo-build feeds to the "
           "compiler.\n\nCommands:\n");
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
        printf("  %-24s%s\n", commands[i].name, commands[i].help);
    printf("\nOptions:\n"
           "  --help                  this text; `pgo-collect COMMAND --help` tells more\n"
           "  --version               the version\n\n"
           "Examples:\n"
           "  pgo-collect record -- ./server --config test.conf\n"
           "  pgo-collect record -p $(pgrep -o server) -d 60\n"
           "  pgo-collect import perf.data\n"
           "  pgo-collect merge monday.pprof tuesday.pprof\n"
           "  pgo-collect show default.pgo\n"
           "  pgo-collect fetch 127.0.0.1:6060\n");
    return TALK_EXIT_DONE;
}

int main(int argc, char **argv)
{
    struct err err = {0};

    talk_start("pgo-collect");
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        err_set(&err, ERR_USAGE, "no command given");
        err_hint(&err, "`pgo-collect --help` lists the commands");
        return talk_fail(&err);
    }
    if (strcmp(argv[1], "--help") == 0)
        return show_help();
    if (strcmp(argv[1], "--version") == 0)
        return printf("pgo-collect %s\n", PGO_VERSION) < 0;
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    err_set(&err, ERR_USAGE, "unknown command: %s", argv[1]);
    err_hint(&err, "`pgo-collect --help` lists the commands");
    return talk_fail(&err);
}
