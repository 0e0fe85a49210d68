/*
 * cpu.h - on which CPU the runs go: any, or one.
 *
 * On one CPU a run does not move about, and does not lose its caches; but a program with several
 * threads gets only that one, and whatever else runs there is in its way. So it is asked for, and
 * not the default.
 */
#ifndef BENCH_CPU_H
#define BENCH_CPU_H

#include <stdbool.h>

#include "base/err.h"

#define CPU_ANY (-1)

/*
 * "none", "auto" or a number. auto: an isolated CPU that we may use, else the last one that we may
 * use (the first has most of the interrupts), else any, if there is only one. ERR_USAGE if the text
 * is none of these, or the CPU is not one that this process may use.
 */
MUST_CHECK bool cpu_choose(const char *text, int *cpu, struct err *err);

/* The isolated CPUs of the kernel's list ("2-3,7"); the first that is in `allowed`, or CPU_ANY. */
int cpu_first_of(const char *list, bool (*allowed)(int cpu));

/* For the child, before it becomes the command: no allocation. False, with errno: refused. */
bool cpu_pin(int cpu);

#endif
