/*
 * http_listener.h - the socket that listens, while the address is this process's.
 *
 * It may be given to a process that this one has started and waits for (http_handover.h), and is
 * taken back when that has ended. Descriptors that are not open are -1, and may be polled.
 */
#ifndef LIBPGOCOLLECT_HTTP_LISTENER_H
#define LIBPGOCOLLECT_HTTP_LISTENER_H

#include "http_address.h"

struct http_listener {
    struct http_address address;
    int fd;        /* non-blocking */
    int offer_fd;  /* readable: somebody asks for the address */
    int holder_fd; /* readable: who has the address has ended */
};

/* ERR_USAGE, ERR_IO; errno is EADDRINUSE if another process has it, and does not give it to us. */
MUST_CHECK bool http_listener_open(struct http_listener *listener, const char *address,
                                   struct err *err);

/* Removes a socket file that is ours. */
void http_listener_close(struct http_listener *listener);

/* In the child of a fork: the file is its parent's. */
void http_listener_forget(struct http_listener *listener);

/* offer_fd is readable: gives the address away, or refuses it. */
void http_listener_give(struct http_listener *listener);

/* holder_fd is readable. False: somebody else was faster; once more later. */
MUST_CHECK bool http_listener_take_back(struct http_listener *listener);

#endif
