/*
 * loader.h - may the dynamic loader be asked?
 *
 * A child that was forked while another thread was in dlopen(), dlclose() or dl_iterate_phdr() has
 * the loader's lock held for ever: whoever asks then hangs. What the library learns from the loader
 * in a child it asks only once a thread that may hang has come back.
 */
#ifndef LIBPGOCOLLECT_LOADER_H
#define LIBPGOCOLLECT_LOADER_H

#include <stdbool.h>

/* In the child of a fork, after own_thread_reset(). */
void loader_doubt(void);

/* In a child the first call finds it out, and waits for a fifth of a second at most. */
bool loader_is_free(void);

#endif
