/*
 * child.h - one run of a command to its end, with what it cost.
 *
 * The command runs in a process group of its own with /dev/null as standard input; its standard
 * error is kept in memory until the run ends, for the message if it fails. CPU time and peak memory
 * come from wait4(): the command and every child that it waited for. Linux counts the memory of the
 * process that starts a command as the command's own, so a peak below ours cannot be seen
 * (about 2 MiB; more in a build with sanitizers).
 *
 * A runner holds SIGINT, SIGTERM, SIGHUP and SIGQUIT back (unless they are ignored) and waits for
 * them together with the child: such a signal ends the child's group first, and then the run fails
 * with `interrupted_by` set. The caller cleans up and ends by child_runner_end(). One runner a
 * process.
 */
#ifndef BENCH_CHILD_H
#define BENCH_CHILD_H

#include <signal.h>
#include <stdbool.h>

#include "base/err.h"
#include "pgo-bench/command.h"
#include "pgo-bench/cpu.h"
#include "pgo-bench/sample.h"

struct child_runner {
    double timeout_s;
    int cpu;            /* where every run goes, or CPU_ANY */
    int interrupted_by; /* a signal, or 0 */
    sigset_t waited, original;
};

void child_runner_init(struct child_runner *runner, double timeout_s, int cpu);

/* Gives the signals back; does not return if one of them interrupted a run. */
void child_runner_end(struct child_runner *runner);

/*
 * Standard output goes to output_fd, or to /dev/null if that is -1. A command that cannot be
 * started, takes longer than the limit, ends by a signal or with another exit code than 0 is an
 * error, which starts with the command's label.
 */
MUST_CHECK bool child_run(struct child_runner *runner, const struct command *command, int output_fd,
                          struct sample *sample, struct err *err);

#endif
