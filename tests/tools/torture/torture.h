/*
 * torture.h - what a program may do to a profiler inside it, one activity a thread.
 *
 * Each function does its part once, in some milliseconds at most, and is called again until the
 * time is over. A `check` that fails ends the program: it noticed the profiler. All of them may
 * run at the same time, on any thread.
 */
#ifndef TORTURE_H
#define TORTURE_H

#include <pthread.h>
#include <stdbool.h>

/* CPU time of this thread, in a function of its own; returns `rounds`. */
unsigned burn(unsigned rounds);

/* Different numbers on each thread, the same at each run. */
unsigned random_below(unsigned limit);

#define check(condition) check_at(condition, #condition, __FILE__, __LINE__)
void check_at(bool holds, const char *condition, const char *file, int line);

/* A thread of the program; where nothing interposes, it reports itself as interpose.c does. */
void start_thread(pthread_t *id, const pthread_attr_t *attr, void *(*run)(void *), void *data);

/* torture_stack.c: places where a walk may go wrong */
void do_recursion(void);
void do_longjmp(void);
void do_alternate_stack(void);
void do_wrong_frames(void);
void do_fake_stacks(void);
void do_coroutines(void);
void do_code_at_run_time(void);

/* torture_process.c: what changes under the profiler */
void do_forks(void);
void do_exec(void);
void do_threads(void);
void do_libraries(void);
void do_signals(void);
void do_own_timer(void);
void do_memory(void);
void do_snapshots(void);

/* torture.c: the profiler's own functions, if they are there */
void do_labels(void);
void do_start_stop(void);

/* What the program may have as handlers; once, before the first thread. */
void prepare_stack_signals(void);
void prepare_process_signals(void);

/* In what this program execs: does its part and ends. */
int run_executed(void);

#endif
