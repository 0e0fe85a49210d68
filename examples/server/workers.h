/*
 * The threads that serve: each waits for events (epoll) of the connections that it has accepted.
 *
 * A connection is kept for further requests. It is closed after 10 seconds without a whole request,
 * or without taking a byte of an answer. There are 512 at most; a client beyond is turned away.
 */
#ifndef SERVER_WORKERS_H
#define SERVER_WORKERS_H

#include "index.h"

struct workers;

/* On 127.0.0.1; port 0: one that the system chooses. NULL with errno. The index is borrowed. */
struct workers *workers_start(const struct index *index, unsigned port, unsigned threads);
unsigned workers_port(const struct workers *workers);

/* Open connections are closed, requests that have come are answered first. */
void workers_stop(struct workers *workers);

#endif
