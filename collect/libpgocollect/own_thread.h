/*
 * own_thread.h - the library's own threads: all signals blocked, never sampled.
 */
#ifndef LIBPGOCOLLECT_OWN_THREAD_H
#define LIBPGOCOLLECT_OWN_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/compiler.h"

/*
 * At most eight at a time; ended by returning, then pthread_join() it. False, and errno: there is
 * none, and `data` will not be used. That takes 5 s when the system makes a thread and it does not
 * begin, as in a child that was forked while another thread was in an allocator.
 */
MUST_CHECK bool own_thread_start(const char *name, void *(*run)(void *), void *data, pthread_t *id);

/* The calling thread is within own_thread_start(): what it creates is one of ours. */
bool own_thread_is_starting(void);

bool own_thread_is(pid_t tid);

/* While locked none starts: a scan of all threads knows each of them. */
void own_thread_lock(void);
void own_thread_unlock(void);

/* In a child after a fork: there are none. */
void own_thread_reset(void);

#endif
