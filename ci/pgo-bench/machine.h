/*
 * machine.h - what the runs ran on, and when: for a reader of the report, who was not there.
 *
 * Nothing that names the machine or its owner.
 */
#ifndef BENCH_MACHINE_H
#define BENCH_MACHINE_H

struct machine {
    char cpu[80];     /* "AMD EPYC 7B13"; "unknown CPU" */
    char kernel[160]; /* "Linux 6.1.0-18-amd64, x86_64" */
    char date[32];    /* "2026-11-28 03:14 UTC" */
    long cpu_count;   /* that we may run on */
};

void machine_read(struct machine *machine);

#endif
