/*
 * One client: bytes in, answers out, never waiting.
 */
#ifndef SERVER_CONNECTION_H
#define SERVER_CONNECTION_H

#include "service.h"

#include <stdbool.h>
#include <stdint.h>

struct connection {
    int fd;
    double deadline; /* as metrics_now() counts; moved by each answer and by each byte sent */
    bool is_last;    /* no more requests are read */
    bool is_ending;  /* all is sent and said; what still comes is thrown away */
    struct text out;
    size_t sent;
    size_t in_length;
    char in[HTTP_HEAD_SIZE];
    struct connection *next;
    struct connection *previous;
};

/* Takes the descriptor, which does not block. */
struct connection *connection_new(int fd);
void connection_free(struct connection *connection);

/* Does what can be done now. False: it is over. */
bool connection_advance(struct connection *connection, struct service *service);

/* What it waits for: EPOLLIN or EPOLLOUT. */
uint32_t connection_events(const struct connection *connection);

#endif
