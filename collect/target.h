/*
 * target.h - whom we record: a command of ours, held until the sampler is ready, a process that
 * runs already, or the whole machine.
 *
 * Life cycle: target_start() then target_go(), or target_attach(), or target_machine();
 * target_close(). The command is a child in our process group and terminal, with our descriptors 0
 * to 2.
 */
#ifndef COLLECT_TARGET_H
#define COLLECT_TARGET_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct target {
    pid_t pid;             /* 0: the whole machine, which never ends */
    int pid_fd;            /* readable when the process has ended; -1 if the kernel has none */
    bool is_command;       /* a child of ours */
    int hold_fd, error_fd; /* to the held child, and its errno when exec fails */
    const char *command;   /* argv[0] of the command, borrowed */
    int exec_errno;        /* why the command could not be run */
    bool ended;
    int exit_code; /* of a command that ended; 128 + N when signal N ended it */
};

/*
 * Forks a child that waits to become argv[0] (found on PATH). `variables`, "NAME=VALUE" up to a
 * NULL, are added to its environment; NULL: none.
 */
MUST_CHECK bool target_start(struct target *target, char *const *argv, char *const *variables,
                             struct err *err);

/* Lets it go. ERR_NOT_FOUND when there is no such program, else ERR_IO. */
MUST_CHECK bool target_go(struct target *target, struct err *err);

MUST_CHECK bool target_attach(struct target *target, pid_t pid, struct err *err);

void target_machine(struct target *target);

/* Looks whether the process has ended; updates `ended` and `exit_code`. */
void target_check(struct target *target);

/* A child that is still held is ended; one that runs is left alone. */
void target_close(struct target *target);

#endif
