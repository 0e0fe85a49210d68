/*
 * http_handover.h - one address, for a program and for what started it.
 *
 * The parent in `timeout ./program` or `sh -c ./program` has the library and the environment as
 * well, and comes first. So who finds the address taken asks whoever has it, and a process all of
 * whose threads wait for children gives it to a descendant. Two processes of one user meet at a
 * socket in the abstract namespace, whose name is made of the address:
 *
 *     has it:  offer = handover_offer(&address);  ... readable:
 *              client = handover_accept(offer, &pid);  close what listens;  handover_agree(client);
 *     wants:   if (handover_ask(&address)) listen again
 *
 * Descriptors are non-blocking, and closed by exec.
 */
#ifndef LIBPGOCOLLECT_HTTP_HANDOVER_H
#define LIBPGOCOLLECT_HTTP_HANDOVER_H

#include <stdbool.h>
#include <sys/types.h>

#include "http_address.h"

/* -1: nobody can ask. */
int handover_offer(const struct http_address *address);

/* Who asks and is to have it, and a descriptor to tell it by; -1: refused (EPERM), or accept(2)'s.
 */
int handover_accept(int offer_fd, pid_t *pid);
void handover_agree(int client_fd); /* closes it */

/* True: nobody listens there now. Waits for half a second at most. */
bool handover_ask(const struct http_address *address);

#endif
