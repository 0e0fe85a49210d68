/*
 * http_server.h - one thread, "pgo-http", that serves the pages: sockets, connections, deadlines.
 *
 * At most 64 connections; whoever comes beyond gets 503. Each has 5 s for its request and, when the
 * answer is on its way, 10 s without a byte taken. One profile at a time; its client may go away,
 * and then the profile is dropped. The thread sleeps in poll() while nobody asks.
 * A program that runs out of descriptors or memory loses the client, nothing else. The address may
 * be given to another process (http_handover.h), and is taken back when that has ended.
 */
#ifndef LIBPGOCOLLECT_HTTP_SERVER_H
#define LIBPGOCOLLECT_HTTP_SERVER_H

#include <stdbool.h>

#include "base/err.h"
#include "http_connection.h"
#include "http_pages.h"

struct http_server;

/*
 * Listens and starts the thread. `service` and its context must stay until the server is stopped.
 * timeouts: NULL for those above. NULL on failure: ERR_USAGE (the address) or ERR_IO; errno is
 * EADDRINUSE if another process has the address, and does not give it to us (http_handover.h).
 */
MUST_CHECK struct http_server *http_server_start(const char *address,
                                                 const struct http_service *service,
                                                 const struct http_timeouts *timeouts,
                                                 struct err *err);

/* As http_address_format() writes it, with the port that the system chose. */
const char *http_server_address(const struct http_server *server);

/* False: machines beyond this one can connect. */
bool http_server_is_private(const struct http_server *server);

/* Ends the thread and all connections, removes a socket file. NULL is fine. */
void http_server_stop(struct http_server *server);

/*
 * In the child of a fork, which has no such thread: closes what it inherited. The memory stays, as
 * the thread may have left it in the middle of a change. NULL is fine.
 */
void http_server_forget(struct http_server *server);

#endif
