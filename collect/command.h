/*
 * command.h - the subcommands of pgo-collect, each in a file of its own.
 *
 * argv[0] is the subcommand's name. Returns the exit code; what went wrong has been said.
 */
#ifndef COLLECT_COMMAND_H
#define COLLECT_COMMAND_H

int command_fetch(int argc, char **argv);
int command_import(int argc, char **argv);
int command_merge(int argc, char **argv);
int command_record(int argc, char **argv);
int command_show(int argc, char **argv);

#endif
